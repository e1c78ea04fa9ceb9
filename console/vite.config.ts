import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import optimizeLocales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The languages of the console, in the tags that React Aria has its own words in. */
const componentLocales = ['en-US', 'fr-FR', 'sv-SE', 'zh-CN'];

/** Spectrum's provider asks a font host for its fonts; nothing of ours may leave the origin, so it gets none. */
function withoutFontHost(): Plugin {
  return {
    name: 'postern:without-font-host',
    enforce: 'pre',
    load(id) {
      if (/@react-spectrum\/s2\/dist\/private\/Fonts\.mjs$/.test(id))
        return 'export function Fonts() { return null; }';
      if (/@react-spectrum\/s2\/dist\/private\/font-faces\.css$/.test(id)) return '';
      return null;
    },
  };
}

/** Writes every text file of the build compressed too, so that the server never has to. */
function compressed(): Plugin {
  const toGzip = promisify(gzip);
  const toBrotli = promisify(brotliCompress);
  return {
    name: 'postern:compressed',
    async writeBundle({ dir = '' }, bundle) {
      const texts = Object.keys(bundle).filter((name) => /\.(js|css|svg|json)$/.test(name));
      await Promise.all(
        texts.map(async (name) => {
          const path = join(dir, name);
          const body = readFileSync(path);
          if (body.length < 1024) return;
          writeFileSync(`${path}.gz`, await toGzip(body, { level: 9 }));
          const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
          writeFileSync(`${path}.br`, await toBrotli(body, { params }));
        }),
      );
    },
  };
}

export default defineConfig({
  base: '/console/',
  plugins: [
    withoutFontHost(),
    { ...optimizeLocales.vite({ locales: componentLocales }), enforce: 'pre' },
    react(),
    compressed(),
  ],
  // The catalogs and the design's tokens are shared with the pages that the server renders.
  server: { fs: { allow: ['..'] } },
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    // The Content-Security-Policy has no room for data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1024,
    manifest: true,
  },
});
