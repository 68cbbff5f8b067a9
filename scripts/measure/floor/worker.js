// Writes what it is asked to write to a file of the origin's own, flushes it, and answers; by message and by channel.
const size = 1 << 24;
const opened = (async () => {
  const folder = await navigator.storage.getDirectory();
  const file = await folder.getFileHandle('floor', { create: true });
  const handle = await file.createSyncAccessHandle();
  handle.truncate(size);
  handle.flush();
  return handle;
})();
let at = 0;

async function serve({ ask, bytes }, answer) {
  if (ask === undefined) return;
  const handle = await opened;
  if (bytes > 0) {
    handle.write(new Uint8Array(bytes).fill(at), { at: at % size });
    at += bytes;
    handle.flush();
  }
  answer({ answer: ask });
}

const channel = new BroadcastChannel('floor');
channel.onmessage = ({ data }) => serve(data, (message) => channel.postMessage(message));
self.onmessage = ({ data }) => serve(data, (message) => postMessage(message));
