/** `npm run example NAME`: one of the examples, on the Node.js that the project brings. Its settings come from the environment. */
const programs: Record<string, string> = {
  'machine-client': './machine-client/main.ts',
  product: './product/main.mjs',
  'spa-client': './spa-client/server.ts',
  'web-client': './web-client/main.ts',
  workboard: './workboard/main.ts',
};

const [name = ''] = process.argv.splice(2, 1);
const program = programs[name];
if (program === undefined) {
  process.stderr.write(`npm run example NAME, where NAME is one of ${Object.keys(programs).join(', ')}\n`);
  process.exit(1);
}
await import(program);
