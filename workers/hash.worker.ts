import { answerHashing } from '../src/archive/answer-hashing';

/** The first message brings the port of who asks. */
addEventListener('message', ({ ports: [asker] }) => asker && answerHashing(asker), { once: true });
