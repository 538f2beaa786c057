// The binding for blocks in C. A block lists its operations in quoin_operations; the binding reads the request's frame, calls
// the one that is asked for, and lays the reply's frame. Nothing of a C library is needed or there.
//
// A call begins with the memory as it was after the module was loaded, and nothing of it is left behind: memory is never
// freed, and a variable that is changed is changed for this call alone.
#ifndef QUOIN_H
#define QUOIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QUOIN_ABI 1

// Text is bytes with their number; it need not end with a zero. A text whose at is NULL is absent.
typedef struct {
	const char *at;
	size_t size;
} Text;

#define TEXT(literal) ((Text){literal, sizeof(literal) - 1})

// take gives fresh memory, NULL where there is no more.
void *take(size_t size);

Text text_of(const char *zero_terminated);
bool text_is(Text text, const char *zero_terminated);
bool text_same(Text a, Text b);

// Writer collects bytes; it grows by itself. {0} is an empty one.
typedef struct {
	char *at;
	size_t size, room;
} Writer;

Text written(const Writer *w);

// put writes bytes as they stand. put_json does too, but turns each ' into ", so that JSON can be read in C.
void put(Writer *w, const char *zero_terminated);
void put_text(Writer *w, Text text);
void put_char(Writer *w, char c);
void put_json(Writer *w, const char *zero_terminated);
// put_string writes a text as a JSON string, put_html escaped for markup and attribute values in quotation marks.
void put_string(Writer *w, Text text);
void put_html(Writer *w, Text text);
// put_number writes a finite number with at most six decimals.
void put_number(Writer *w, double number);
// put_digest writes 16 hexadecimal digits that tell texts apart. It keeps no secret.
void put_digest(Writer *w, Text text);

// A JSON value is its text. Readers give an absent text, or what is said otherwise, where there is no such value: the host
// writes valid JSON, so only what learners and authors put into it need be expected to be of another shape.
Text json_member(Text object, const char *name);
Text json_element(Text list, size_t n);
size_t json_count(Text list);
// json_string decodes a string, json_string_or is the other text where the value is none.
Text json_string(Text value);
Text json_string_or(Text value, Text otherwise);
double json_number(Text value, double otherwise);
bool json_true(Text value);

// Call is one request, and the reply to it.
typedef struct {
	// op is the operation's name; context and body are JSON objects, see the contract's Context and request structs.
	Text op, context, body;
	// reply is the body of the answer: one JSON object.
	Writer reply;
	// What follows is the binding's own.
	const uint8_t *frame;
	size_t frame_size;
	const char *code, *blame;
	Text message;
	Text blobs[16];
	size_t blob_count;
} Call;

// blob gives the segment that a value of the body names: prepared values, form text. It is absent where the value is.
Text blob(const Call *call, Text value);
// put_blob adds a segment to the reply and writes its number into it. An empty one is written as 0, which is absent.
void put_blob(Call *call, Text data);

// fail answers with an error instead of a body: "bad_request" turns an input down and shows the message to who sent it,
// "not_found" and "refused" are for what is not there and what the caller may not do.
void fail(Call *call, const char *code, Text message);

// word gives one of the block's words in the call's locale, from locales/*.json; English, or the key, where there is none.
// put_word writes it with {0} replaced, escaped for markup.
Text word(const Call *call, const char *key);
void put_word(Writer *w, const Call *call, const char *key, Text argument);

// log_line writes a line to the block's log: level -1 debug, 0 info, 1 warning, 2 error.
void log_line(int level, Text line);

// service asks a service: body is a JSON object. The reply's body is absent where it failed; the call then fails alike unless
// something else is answered.
Text service(Call *call, const char *service, const char *method, Text body);

// Operation serves one operation. quoin_operations is the block's list of them and ends with {0}.
typedef struct {
	const char *name;
	void (*serve)(Call *call);
} Operation;

extern const Operation quoin_operations[];

// Word is one entry of the block's words. The builder makes quoin_words of locales/*.json; it ends with {0}.
typedef struct {
	const char *language, *key, *text;
} Word;

extern const Word quoin_words[];

#endif
