// The small store of light mode in a browser, as the engine of the full app is given it.
import type { LightOnDevice } from './device';
import { openLightFiles, removeLightFiles } from './files';

/** @param name as lightName says. @returns null where the browser has no IndexedDB */
export function browserLight(name: string): LightOnDevice | null {
  if (typeof indexedDB !== 'object') return null;
  return { name, open: () => openLightFiles(name, false), remove: () => removeLightFiles(name) };
}
