import { defineConfig } from 'vite'

/**
 * Builds the pages into `dist`. Nothing is inlined, because the content security policy allows no inline script, style or
 * font; file names carry a hash of what is in them, so that browsers may keep them for good.
 */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2023',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  css: { modules: { localsConvention: 'camelCaseOnly' } },
})
