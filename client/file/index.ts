// What other features use of files: keeping them on this device, and reading them.
export { fileBytes, hashOf, keepFiles } from './files';
