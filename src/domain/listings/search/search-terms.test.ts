import { MAX_SEARCHED_WORDS, relevanceOf, searchedWordsOf, searchTermsOf } from './search-terms';

const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
const wordsOf = (text: string) => searchedWordsOf(text).map(({ spellings: [word], mayBegin }) => [word, mayBegin]);

it('searches by the first ten different words of a text, and by its last word in part if it is among them', () => {
  expect(wordsOf('red Boat red RED boats')).toEqual([
    ['red', false],
    ['boat', false],
    ['boats', true],
  ]);
  expect(wordsOf('boat red boat')).toEqual([
    ['boat', true],
    ['red', false],
  ]);
  const ten = letters.slice(0, MAX_SEARCHED_WORDS).map((letter) => letter.repeat(4));
  expect(wordsOf(ten.join(' ')).at(-1)).toEqual(['jjjj', true]);
  expect(wordsOf(`${ten.join(' ')} ${ten.join(' ')} kkk`)).toEqual(ten.map((word) => [word, false]));
});

it('finds a listing by a text that goes on after its words', () => {
  const words = letters.map((letter) => letter.repeat(3));
  const { weights } = searchTermsOf({
    title: words.slice(0, 10).join(' '),
    description: '',
    attributes: {},
    place: null,
  });
  expect(relevanceOf(searchedWordsOf(words.join(' ')), weights)).toBe(80);
  expect(relevanceOf(searchedWordsOf(words.slice(1).join(' ')), weights)).toBeNull();
});
