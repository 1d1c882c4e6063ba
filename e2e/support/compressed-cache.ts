import { startCacheServer } from './cache-server';
import { test } from './explorer';

/** The tests' own set-up, but with a cache that holds the corpus compressed in another way. */
export function testWithCache(name: 'xz-blocks' | 'zstd-frames', listings: 'with .ls' | 'without .ls') {
  return test.extend({
    cache: async ({ corpus }, use) => {
      const server = await startCacheServer({ folder: corpus.caches[name] });
      if (listings === 'without .ls') server.misbehave(/\.ls$/, { kind: 'status', status: 404 });
      await use(server);
      await server.close();
    },
  });
}
