/**
 * MiB of memory that PGlite's module starts with; its own asks for 128. Written into the module when it is built
 * (build/engine.ts), and given to it when it starts (engine-parts.ts): both must be the same. It grows when it must.
 */
export const startMemoryMiB = 32;
