// What stock adds to a device's engine: requests that wait for a connection. They are on this device only.
import type { EngineFeature } from '../sync/feature';

export const stockOnDevice: EngineFeature = {
  name: 'stock',
  deviceOnly: ['stock_request'],
  keeps: { count: '(select count(*) from sync.stock_request)', tables: ['stock_request'] },
};
