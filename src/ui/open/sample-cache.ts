/** The small binary cache that the page brings along, beside its own files. */
export const SAMPLE_CACHE_URL = new URL(`${import.meta.env.BASE_URL}sample-cache`, document.baseURI).href;
