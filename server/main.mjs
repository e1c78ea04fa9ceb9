import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * The entrance: keeps compiled code between starts, which halves the time of one, and hands over to the command
 * line. Not in the system's folder for temporary files, where others could put code for us to run. The one file in
 * JavaScript: with all others in the cache, Node does not load its compiler for types, which takes 16 MB.
 */
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/postern', import.meta.url));
enableCompileCache(); // there; the threads that are started later find it by the variable

// Whoever waits for this process, to pass signals on to it, may be killed without a word: bin/postern.mjs, which holds the other end
// of a channel for that, or npm. Nobody would be left to stop a server.
const stop = () => process.kill(process.pid, 'SIGTERM');
if (process.channel) {
  process.once('disconnect', stop);
  process.channel.unref();
} else if (process.env.npm_lifecycle_event === 'start') {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || stop(), 500).unref();
}

// The first process of a container gets no signal that it does not listen for, and a start may wait long for a database. Nothing
// has begun by then that would not survive it; a server that is ready stops otherwise (process/serve.ts).
const ofServer = process.argv[2] === 'serve';
process.on('SIGTERM', () => process.exit(ofServer ? 0 : 143));
process.on('SIGINT', () => process.exit(ofServer ? 0 : 130));
const { run } = await import('./cli/program.ts');
await run();
