// The page's own script: begins the worker and paints the frame or the last view, all from what this browser remembers,
// and fetches the interface; or leads to light mode. It imports nothing large: everything before the first paint is in
// here and in the styles.
import '@fontsource-variable/inter/wght.css';
import './styles.css';
import { beginWorker } from './start/early-worker';
import { paintFrame } from './start/first-paint';
import { endLastView, showLastView } from './start/last-view';
import { beginsStart, lightPath, lightReason } from './start/mode';
import { rememberedPerson } from './start/remembered';

const root = document.getElementById('root')!;
const isLight = lightReason(location) !== null;
const person = isLight ? null : rememberedPerson(location.pathname);
if (isLight) location.replace(lightPath);
else if (person) {
  beginsStart();
  beginWorker(person.userId);
  paintFrame(root, person);
  showLastView(person, location.pathname + location.search);
}
if (!isLight) {
  import('./main').catch((error: unknown) => {
    endLastView();
    root.replaceChildren('The app could not be loaded. Check the connection and reload the page.');
    reportError(error);
  });
}
