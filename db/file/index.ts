// What other features use of files: how large and of which types they may be, and where their bytes are.
export * from './file';
