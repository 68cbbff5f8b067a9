// What other rooms may use of accounts: who is in which workspace, and as what.
export { type Role, requireRole, roleOf } from './membership';
