// Which features Outpost's devices have in their engine: the one list for browsers and for Node.
import { bookingsOnDevice } from './booking/device';
import { filesOnDevice } from './file/device';
import type { DeviceFiles } from './file/device-files';
import { pagesOnDevice } from './page/store/device';
import type { DocumentWords } from './page/store/document-words';
import { searchOnDevice } from './search/device';
import { stockOnDevice } from './stock/device';
import type { EngineFeature } from './sync/feature';
import { type LightOnDevice, lightOnDevice } from './sync/light/device';

export interface DeviceOptions {
  /** Makes the words of bodies; closed with the engine. */
  readonly words: DocumentWords;
  /** Where the bytes of files are; null: this device keeps none. */
  readonly files: DeviceFiles | null;
  /** What light mode wrote on this device; null: there is no light mode beside it. */
  readonly light?: LightOnDevice | null;
  /** After how many local transactions with body updates the unsent ones are folded into few. */
  readonly foldEvery?: number | undefined;
}

export function deviceFeatures(options: DeviceOptions): readonly EngineFeature[] {
  const { words, files, light, foldEvery } = options;
  return [
    ...[pagesOnDevice(words, foldEvery), bookingsOnDevice, stockOnDevice, searchOnDevice],
    ...(files ? [filesOnDevice(files)] : []),
    ...(light ? [lightOnDevice(light)] : []),
  ];
}
