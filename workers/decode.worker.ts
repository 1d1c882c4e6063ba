import { answerDecoding } from '../src/archive/answer-decoding';

/** The first message brings the port of who asks. */
addEventListener('message', ({ ports: [asker] }) => asker && answerDecoding(asker), { once: true });
