import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * The entrance: keeps compiled code between starts, which halves the time of one, and hands over to the command
 * line. Not in the system's folder for temporary files, where others could put code for us to run.
 */
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/postern', import.meta.url)));
const { run } = await import('./cli/program.ts');
await run();
