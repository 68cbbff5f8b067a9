// DELETE /v1/shape: ends a shape, named by its definition, by its handle, or by both.
import { ShapeError } from './errors';
import type { Registry } from './registry';
import { parseShapeParams, type RawParams } from './request';
import { baseHeaders, messageResponse } from './respond';
import type { ShapeRoute } from './serve';
import type { Shape } from './shape';

const mismatch =
  'The specified shape definition and handle do not match. Please ensure the shape definition is correct or omit the shape handle from the request to obtain a new one.';

/**
 * @throws ShapeError
 */
export async function deleteShape(
  request: Request,
  raw: RawParams,
  route: ShapeRoute,
  registry: Registry,
  signal: AbortSignal,
): Promise<Response> {
  const handle = raw.values.get('handle') || undefined;
  let shape: Shape | undefined;
  if (raw.values.get('table')) {
    shape = registry.findByKey((await route.define(parseShapeParams(raw), signal)).key);
    if (shape && handle !== undefined && handle !== shape.handle) {
      return messageResponse(request, 400, mismatch);
    }
  } else {
    if (handle === undefined) {
      throw new ShapeError('invalid', 'Invalid request', {
        handle: ["can't be blank when shape definition is missing"],
      });
    }
    shape = registry.find(handle);
  }
  if (!shape) return messageResponse(request, 404, 'No existing shape found');
  registry.remove(shape);
  return new Response(null, {
    status: 202,
    headers: { ...baseHeaders(request), 'cache-control': 'no-cache' },
  });
}
