// What other features use of files: how large one may be, and which are shown as pictures.
export { FILE_BYTES, pictureTypes } from './file';
