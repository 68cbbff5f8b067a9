// What light mode has, in the order of its navigation.
import { bookingLight } from '../booking/light';
import type { LightFeature } from '../kit/light';
import { pageLight } from '../page/light';
import { stockLight } from '../stock/light';
import { taskLight } from '../task/light';

export const lightFeatures: readonly LightFeature[] = [taskLight, bookingLight, pageLight, stockLight];
