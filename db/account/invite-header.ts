// The header that an invitation travels in, known to the client and to the server.

/** Brings an invitation's token to the sign-up of a server that takes no others. */
export const INVITE_HEADER = 'account-invite';
