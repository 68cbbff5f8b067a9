// The wire format has a version that nobody forgets: change the format and this fails until PROTOCOL has risen too.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  apiError,
  limits,
  liveAnswer,
  liveRequest,
  operation,
  PROTOCOL,
  sessionAnswer,
  transaction,
  verdict,
  writeRequest,
  writeResponse,
} from './wire';

/** Hash of the format by protocol. A new format gets a new line; the old ones stay. */
const formats: Readonly<Record<number, string>> = {
  1: '92d29dcb13f6105f',
  2: '565aae75ece5d65b',
  3: 'c6479bc1ee6ec64c',
};

test('the wire format is the one of its protocol number', () => {
  const schemas = {
    ...{ operation, transaction, verdict, writeRequest, writeResponse, apiError },
    ...{ sessionAnswer, liveRequest, liveAnswer },
  };
  const text = JSON.stringify([
    limits,
    Object.entries(schemas).map(([name, schema]) => [
      name,
      z.toJSONSchema(schema, { unrepresentable: 'any' }),
    ]),
  ]);
  expect(createHash('sha256').update(text).digest('hex').slice(0, 16)).toBe(formats[PROTOCOL]);
});
