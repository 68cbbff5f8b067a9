// A key changes one element at once, and again when a worker has stored eight kilobytes.
const card = document.querySelector('#card');
const worker = new Worker('worker.js');
const channel = new BroadcastChannel('floor');
const waiting = new Map();
let next = 0;
const answered = ({ data }) => waiting.get(data.answer)?.();
worker.onmessage = answered;
channel.onmessage = answered;
const ask = (send, bytes) =>
  new Promise((done) => {
    next++;
    waiting.set(next, done);
    send({ ask: next, bytes });
  });
window.askWorker = (bytes) => ask((message) => worker.postMessage(message), bytes);
window.askChannel = () => ask((message) => channel.postMessage(message), 0);
addEventListener('keydown', ({ key }) => {
  card.textContent = key;
  card.ariaLabel = `${key}, being stored`;
  window.askWorker(8192).then(() => {
    card.ariaLabel = `${key}, stored`;
  });
});
