import { answerHashing } from '../src/archive/answer-hashing';

answerHashing(self);
