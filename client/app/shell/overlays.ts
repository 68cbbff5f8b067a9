// The overlays that belong to no feature.
import { overlay } from '../../kit/overlays';

export const palette = overlay('palette');
export const help = overlay('help');
