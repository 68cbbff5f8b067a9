// The features that have a say when rows are written, in one order for this process and for the thread of large writes; and
// what the features give light mode to read.
import { bookingLightViews } from '../booking/light';
import type { DocumentKeeper } from '../page/keeper';
import { pageLightViews } from '../page/light';
import { documentWrites } from '../page/writes';
import { stockLightViews } from '../stock/light';
import type { LightView } from '../sync/light-view';
import type { WriteFeature } from '../sync/write-feature';
import { taskLightViews } from '../task/light';

/** @param documents is told of documents that were written to; absent in the thread */
export function writeFeatures(documents?: DocumentKeeper): WriteFeature[] {
  return [documentWrites(documents)];
}

export const lightViews: readonly LightView[] = [
  ...taskLightViews,
  ...bookingLightViews,
  ...pageLightViews,
  ...stockLightViews,
];
