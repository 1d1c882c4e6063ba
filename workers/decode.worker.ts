import { answerDecoding } from '../src/archive/answer-decoding';

answerDecoding(self);
