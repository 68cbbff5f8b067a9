// What other features use of accounts: who is signed in, the workspace that is open, who writes.
export { useAuthor } from './author';
export { currentSession, useSession } from './session';
export { useWorkspace, type WorkspaceData } from './workspace';
