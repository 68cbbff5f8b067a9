// The page's own script: begins the worker and paints the frame or the last view, all from what this browser remembers,
// and fetches the interface. It imports nothing large: everything before the first paint is in here and in the styles.
import '@fontsource-variable/inter/wght.css';
import './styles.css';
import { beginWorker } from './start/early-worker';
import { paintFrame } from './start/first-paint';
import { endLastView, showLastView } from './start/last-view';
import { rememberedPerson } from './start/remembered';

const root = document.getElementById('root')!;
const person = rememberedPerson(location.pathname);
if (person) {
  beginWorker(person.userId);
  paintFrame(root, person);
  showLastView(person, location.pathname + location.search);
}
import('./main').catch((error: unknown) => {
  endLastView();
  root.replaceChildren('The app could not be loaded. Check the connection and reload the page.');
  reportError(error);
});
