// Package search finds words in a published course: in titles, texts, questions and transcripts, as they were computed when
// the course was published. It holds one index per published head in memory, in a bounded cache, and knows no rule of
// access: whoever asks says which blocks the person may see, and nothing else is counted.
//
// A word is found by its beginning (two letters or more), in any case and with or without accents; Arabic without vowel signs, with the forms of
// alef, yeh and taa marbuta alike, and with or without the article. Chinese and Japanese are found by their characters.
package search
