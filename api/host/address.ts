// Network addresses: what is this machine itself, and from which address a request really comes.
import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * @param host a name or address as in a URL or as one listens on it; brackets around IPv6 are fine
 * @returns whether only this machine can mean itself by it
 */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return isIP(name) !== 0 && loopback.check(name, family(name));
}

/** Proxies whose word about the client's address is believed. */
export interface TrustedProxies {
  has(address: string): boolean;
}

/**
 * @param list addresses and CIDR blocks
 * @throws RangeError with the first entry that is neither
 */
export function trustedProxies(list: readonly string[]): TrustedProxies {
  const blocks = new BlockList();
  for (const entry of list) {
    const [address = '', bits, ...rest] = entry.split('/');
    const most = isIPv6(address) ? 128 : 32;
    const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
    if (isIP(address) === 0 || !fits || rest.length > 0) throw new RangeError(entry);
    if (bits === undefined) blocks.addAddress(address, family(address));
    else blocks.addSubnet(address, Number(bits), family(address));
  }
  if (list.length === 0) return { has: () => false };
  return { has: (address) => isIP(address) !== 0 && blocks.check(address, family(address)) };
}

/**
 * The address of whoever asks. Each trusted proxy is believed about the one before it, and nobody else is.
 * @param peer the socket's other end
 * @param forwarded the X-Forwarded-For header
 */
export function clientAddress(
  peer: string | undefined,
  forwarded: string | null,
  trusted: TrustedProxies,
): string {
  let address = plain(peer ?? '');
  const said = (forwarded ?? '').split(',').map((part) => plain(part.trim()));
  while (said.length > 0 && trusted.has(address)) {
    const next = said.pop()!;
    if (isIP(next) === 0) break;
    address = next;
  }
  return address || 'unknown';
}

/** An IPv4 address that came over an IPv6 socket is written as what it is. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

const family = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
