// The page's own script: begins the worker and paints the frame, both from what this browser remembers, and fetches
// the interface. It imports nothing large: everything before the first paint is in here and in the styles.
import '@fontsource-variable/inter/wght.css';
import './styles.css';
import { beginWorker } from './start/early-worker';
import { paintFrame } from './start/first-paint';
import { rememberedPerson } from './start/remembered';

const person = rememberedPerson(location.pathname);
if (person) {
  beginWorker();
  paintFrame(document.getElementById('root')!, person);
}
void import('./main');
