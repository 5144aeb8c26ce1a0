import module from 'node:module';

/** API of Node.js since 22.10: https://nodejs.org/api/module.html#module-compile-cache */
interface CompileCache {
  enableCompileCache?(directory: string): unknown;
}

const node: typeof module & CompileCache = module;

/** Has Node.js keep what it compiles in this process, from here on: at the next start it only has to read it. */
export function keepCompiled(directory: string): void {
  node.enableCompileCache?.(directory);
}
