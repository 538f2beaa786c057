// See quoin.h. The functions that the host calls and is asked by stand at the end.
#include "quoin.h"

// ---- memory: taken from behind the module's data, never given back, since the host puts the memory back after each call.

extern uint8_t __heap_base;
static uintptr_t heap;

static void *take(size_t size) {
	if (heap == 0)
		heap = (uintptr_t)&__heap_base;
	uintptr_t at = (heap + 15) & ~(uintptr_t)15, end = at + size;
	size_t pages = __builtin_wasm_memory_size(0);
	if (end < at)
		return NULL;
	if (end > pages << 16 && __builtin_wasm_memory_grow(0, ((end - (pages << 16)) >> 16) + 1) == (size_t)-1)
		return NULL;
	heap = end;
	return (void *)at;
}

// The compiler calls these by itself.
void *memcpy(void *restrict to, const void *restrict from, size_t size) {
	for (size_t i = 0; i < size; i++)
		((char *)to)[i] = ((const char *)from)[i];
	return to;
}

void *memset(void *to, int value, size_t size) {
	for (size_t i = 0; i < size; i++)
		((char *)to)[i] = (char)value;
	return to;
}

void *memmove(void *to, const void *from, size_t size) {
	char *t = to;
	const char *f = from;
	if (t < f)
		return memcpy(to, from, size);
	while (size-- > 0)
		t[size] = f[size];
	return to;
}

int memcmp(const void *a, const void *b, size_t size) {
	for (size_t i = 0; i < size; i++)
		if (((const uint8_t *)a)[i] != ((const uint8_t *)b)[i])
			return ((const uint8_t *)a)[i] < ((const uint8_t *)b)[i] ? -1 : 1;
	return 0;
}

// ---- texts and writing

Text text_of(const char *s) {
	size_t size = 0;
	while (s[size])
		size++;
	return (Text){s, size};
}

bool text_same(Text a, Text b) { return a.size == b.size && memcmp(a.at, b.at, a.size) == 0; }

bool text_is(Text text, const char *s) { return text_same(text, text_of(s)); }

Text written(const Writer *w) { return (Text){w->at ? w->at : "", w->size}; }

void put_text(Writer *w, Text text) {
	if (w->size + text.size > w->room) {
		size_t room = 2 * w->room + text.size + 64;
		char *at = take(room);
		if (!at)
			__builtin_trap(); // no memory is left: the host reports it
		memcpy(at, w->at, w->size);
		w->at = at, w->room = room;
	}
	memcpy(w->at + w->size, text.at, text.size);
	w->size += text.size;
}

void put(Writer *w, const char *s) { put_text(w, text_of(s)); }

static void put_char(Writer *w, char c) { put_text(w, (Text){&c, 1}); }

void put_json(Writer *w, const char *s) {
	for (; *s; s++)
		put_char(w, *s == '\'' ? '"' : *s);
}

static const char digits[] = "0123456789abcdef";

void put_string(Writer *w, Text text) {
	put_char(w, '"');
	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = (uint8_t)text.at[i];
		if (c == '"' || c == '\\') {
			put_char(w, '\\');
			put_char(w, (char)c);
		} else if (c < 0x20) {
			put(w, "\\u00");
			put_char(w, digits[c >> 4]);
			put_char(w, digits[c & 15]);
		} else {
			put_char(w, (char)c);
		}
	}
	put_char(w, '"');
}

void put_html(Writer *w, Text text) {
	for (size_t i = 0; i < text.size; i++) {
		switch (text.at[i]) {
		case '<': put(w, "&lt;"); break;
		case '>': put(w, "&gt;"); break;
		case '&': put(w, "&amp;"); break;
		case '"': put(w, "&#34;"); break;
		case '\'': put(w, "&#39;"); break;
		default: put_char(w, text.at[i]);
		}
	}
}

static void put_whole(Writer *w, uint64_t n) {
	char backwards[20];
	int size = 0;
	do
		backwards[size++] = (char)('0' + n % 10);
	while (n /= 10);
	while (size > 0)
		put_char(w, backwards[--size]);
}

void put_number(Writer *w, double number) {
	if (number < 0) {
		put_char(w, '-');
		number = -number;
	}
	if (!(number < 1e13)) { // decimals are lost beyond; what is no number becomes 0
		put_whole(w, number < 1.8e19 ? (uint64_t)number : 0);
		return;
	}
	uint64_t millionths = (uint64_t)(number * 1e6 + 0.5), rest = millionths % 1000000;
	put_whole(w, millionths / 1000000);
	if (rest == 0)
		return;
	put_char(w, '.');
	for (uint64_t place = 100000; rest > 0; rest %= place, place /= 10)
		put_char(w, (char)('0' + rest / place));
}

void put_digest(Writer *w, Text text) {
	uint64_t hash = 14695981039346656037u; // FNV-1a
	for (size_t i = 0; i < text.size; i++)
		hash = (hash ^ (uint8_t)text.at[i]) * 1099511628211u;
	for (int shift = 60; shift >= 0; shift -= 4)
		put_char(w, digits[hash >> shift & 15]);
}

// ---- reading JSON: positions in a text that is valid

static const Text absent = {NULL, 0};

static size_t blanks(Text in, size_t at) {
	while (at < in.size && (in.at[at] == ' ' || in.at[at] == '\n' || in.at[at] == '\t' || in.at[at] == '\r'))
		at++;
	return at;
}

// after_string gives the position behind the string that begins at a position.
static size_t after_string(Text in, size_t at) {
	for (at++; at < in.size && in.at[at] != '"'; at++)
		if (in.at[at] == '\\')
			at++;
	return at < in.size ? at + 1 : in.size;
}

// after_value gives the position behind a value. It walks through nested ones without recursion.
static size_t after_value(Text in, size_t at) {
	size_t depth = 0;
	for (at = blanks(in, at); at < in.size;) {
		char c = in.at[at];
		if (c == '"') {
			at = after_string(in, at);
		} else if (c == '{' || c == '[') {
			depth++, at++;
		} else if (c == '}' || c == ']') {
			if (depth == 0)
				return at;
			depth--, at++;
		} else if (c == ',' || c == ':' || c == ' ' || c == '\n' || c == '\t' || c == '\r') {
			if (depth == 0)
				return at;
			at++;
			continue;
		} else {
			while (at < in.size && in.at[at] != ',' && in.at[at] != '}' && in.at[at] != ']' && in.at[at] != ' ' && in.at[at] != '\n' &&
			       in.at[at] != '\t' && in.at[at] != '\r')
				at++;
		}
		if (depth == 0)
			return at;
	}
	return in.size;
}

static Text value_at(Text in, size_t at) {
	at = blanks(in, at);
	return (Text){in.at + at, after_value(in, at) - at};
}

Text json_member(Text object, const char *name) {
	Text wanted = text_of(name);
	size_t at = blanks(object, 0);
	if (at >= object.size || object.at[at] != '{')
		return absent;
	for (at = blanks(object, at + 1); at < object.size && object.at[at] == '"';) {
		size_t behind = after_string(object, at);
		Text key = {object.at + at + 1, behind - at - 2};
		size_t colon = blanks(object, behind);
		Text value = value_at(object, colon + 1);
		if (text_same(key, wanted))
			return text_is(value, "null") ? absent : value;
		at = blanks(object, (size_t)(value.at - object.at) + value.size);
		if (at >= object.size || object.at[at] != ',')
			return absent;
		at = blanks(object, at + 1);
	}
	return absent;
}

// element gives the n-th value of a list, and how many there are up to it.
static Text element(Text list, size_t n, size_t *count) {
	*count = 0;
	size_t at = blanks(list, 0);
	if (at >= list.size || list.at[at] != '[')
		return absent;
	at = blanks(list, at + 1);
	while (at < list.size && list.at[at] != ']') {
		Text value = value_at(list, at);
		if ((*count)++ == n)
			return value;
		at = blanks(list, (size_t)(value.at - list.at) + value.size);
		if (at >= list.size || list.at[at] != ',')
			return absent;
		at = blanks(list, at + 1);
	}
	return absent;
}

Text json_element(Text list, size_t n) {
	size_t count;
	return element(list, n, &count);
}

size_t json_count(Text list) {
	size_t count;
	element(list, (size_t)-1, &count);
	return count;
}

static uint32_t hexadecimal(Text in, size_t at) {
	uint32_t n = 0;
	for (size_t i = at; i < at + 4 && i < in.size; i++) {
		char c = in.at[i];
		n = n << 4 | (uint32_t)(c >= 'a' ? c - 'a' + 10 : c >= 'A' ? c - 'A' + 10 : c - '0');
	}
	return n;
}

static void put_rune(Writer *w, uint32_t rune) {
	if (rune < 0x80) {
		put_char(w, (char)rune);
		return;
	}
	if (rune < 0x800) {
		put_char(w, (char)(0xc0 | rune >> 6));
	} else {
		if (rune < 0x10000) {
			put_char(w, (char)(0xe0 | rune >> 12));
		} else {
			put_char(w, (char)(0xf0 | rune >> 18));
			put_char(w, (char)(0x80 | (rune >> 12 & 63)));
		}
		put_char(w, (char)(0x80 | (rune >> 6 & 63)));
	}
	put_char(w, (char)(0x80 | (rune & 63)));
}

// put_escape writes what stands behind a backslash and gives the position behind it.
static size_t put_escape(Writer *w, Text in, size_t at) {
	switch (in.at[at]) {
	case 'n': put_char(w, '\n'); return at + 1;
	case 't': put_char(w, '\t'); return at + 1;
	case 'r': put_char(w, '\r'); return at + 1;
	case 'b': put_char(w, '\b'); return at + 1;
	case 'f': put_char(w, '\f'); return at + 1;
	case 'u': break;
	default: put_char(w, in.at[at]); return at + 1;
	}
	uint32_t rune = hexadecimal(in, at + 1);
	at += 5;
	if (rune >= 0xd800 && rune < 0xdc00 && at + 6 <= in.size && in.at[at] == '\\' && in.at[at + 1] == 'u') {
		uint32_t low = hexadecimal(in, at + 2);
		if (low >= 0xdc00 && low < 0xe000) {
			put_rune(w, 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00));
			return at + 6;
		}
	}
	put_rune(w, rune >= 0xd800 && rune < 0xe000 ? 0xfffd : rune);
	return at;
}

Text json_string(Text value) {
	if (value.size < 2 || value.at[0] != '"')
		return absent;
	Text inner = {value.at + 1, value.size - 2};
	Writer w = {0};
	for (size_t at = 0; at < inner.size;) {
		if (inner.at[at] != '\\') {
			put_char(&w, inner.at[at++]);
		} else if (++at < inner.size) {
			at = put_escape(&w, inner, at);
		}
	}
	return written(&w);
}

Text json_string_or(Text value, Text otherwise) {
	Text text = json_string(value);
	return text.at ? text : otherwise;
}

double json_number(Text value, double otherwise) {
	size_t at = 0;
	double sign = 1, number = 0, scale = 1;
	if (at < value.size && value.at[at] == '-')
		sign = -1, at++;
	if (at >= value.size || value.at[at] < '0' || value.at[at] > '9')
		return otherwise;
	for (; at < value.size && value.at[at] >= '0' && value.at[at] <= '9'; at++)
		number = 10 * number + (value.at[at] - '0');
	if (at < value.size && value.at[at] == '.')
		for (at++; at < value.size && value.at[at] >= '0' && value.at[at] <= '9'; at++)
			number = 10 * number + (value.at[at] - '0'), scale *= 10;
	number /= scale;
	if (at < value.size && (value.at[at] == 'e' || value.at[at] == 'E')) {
		bool down = value.at[++at] == '-';
		int exponent = 0;
		for (at += down || value.at[at] == '+'; at < value.size && exponent < 400; at++)
			exponent = 10 * exponent + (value.at[at] - '0');
		while (exponent-- > 0)
			number = down ? number / 10 : number * 10;
	}
	return sign * number;
}

bool json_true(Text value) { return text_is(value, "true"); }

// ---- frames

static uint32_t number_at(const uint8_t *at) { return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24; }

// segment gives the n-th segment of a frame; it is absent where the frame does not hold it.
static Text segment(const uint8_t *frame, size_t size, uint32_t n) {
	if (size < 4 || n >= number_at(frame) || number_at(frame) > (size - 4) / 4)
		return absent;
	size_t at = 4 + 4 * (size_t)number_at(frame);
	for (uint32_t i = 0; i < n; i++)
		at += number_at(frame + 4 + 4 * i);
	size_t length = number_at(frame + 4 + 4 * n);
	if (at > size || length > size - at)
		return absent;
	return (Text){(const char *)frame + at, length};
}

static void put_size(Writer *w, size_t n) {
	for (int shift = 0; shift < 32; shift += 8)
		put_char(w, (char)(n >> shift));
}

// join lays an envelope, a body and blobs into a frame.
static Text join(Text envelope, Text body, const Text *blobs, size_t count) {
	Writer w = {0};
	put_size(&w, 2 + count);
	put_size(&w, envelope.size);
	put_size(&w, body.size);
	for (size_t i = 0; i < count; i++)
		put_size(&w, blobs[i].size);
	put_text(&w, envelope);
	put_text(&w, body);
	for (size_t i = 0; i < count; i++)
		put_text(&w, blobs[i]);
	return written(&w);
}

Text blob(const Call *call, Text value) {
	double n = json_number(value, 0);
	return n < 2 ? absent : segment(call->frame, call->frame_size, (uint32_t)n);
}

void put_blob(Call *call, Text data) {
	if (data.size == 0) {
		put(&call->reply, "0");
		return;
	}
	if (call->blob_count == sizeof call->blobs / sizeof *call->blobs)
		__builtin_trap(); // a block that needs more raises the bound in quoin.h
	call->blobs[call->blob_count++] = data;
	put_number(&call->reply, (double)(1 + call->blob_count));
}

void fail(Call *call, const char *code, Text message) { call->code = code, call->blame = "outside", call->message = message; }

// ---- words

static const char *find_word(Text language, const char *key) {
	for (const Word *w = quoin_words; w->key; w++)
		if (text_is(language, w->language) && text_is(text_of(key), w->key))
			return w->text;
	return NULL;
}

Text word(const Call *call, const char *key) {
	Text locale = json_string_or(json_member(call->context, "locale"), TEXT("en")), base = {locale.at, 0};
	while (base.size < locale.size && locale.at[base.size] != '-')
		base.size++;
	const char *found = find_word(locale, key);
	if (!found)
		found = find_word(base, key);
	if (!found)
		found = find_word(TEXT("en"), key);
	return text_of(found ? found : key);
}

void put_word(Writer *w, const Call *call, const char *key, Text argument) {
	Text text = word(call, key);
	for (size_t i = 0; i < text.size; i++) {
		if (i + 3 <= text.size && memcmp(text.at + i, "{0}", 3) == 0) {
			put_html(w, argument);
			i += 2;
		} else {
			put_html(w, (Text){text.at + i, 1});
		}
	}
}

// ---- what the host gives, and what it calls

__attribute__((import_module("quoin"), import_name("service"))) uint32_t host_service(const char *frame, size_t size);
__attribute__((import_module("quoin"), import_name("take"))) void host_take(void *to);
__attribute__((import_module("quoin"), import_name("log"))) void host_log(int level, const char *line, size_t size);

void log_line(int level, Text line) { host_log(level, line.at, line.size); }

static const char *zero_terminated(Text text) {
	Writer w = {0};
	put_text(&w, text);
	put_char(&w, 0);
	return w.at;
}

Text service(Call *call, const char *name, const char *method, Text body) {
	Writer envelope = {0};
	put_json(&envelope, "{'service':");
	put_string(&envelope, text_of(name));
	put_json(&envelope, ",'method':");
	put_string(&envelope, text_of(method));
	put(&envelope, "}");
	Text frame = join(written(&envelope), body, NULL, 0);
	size_t size = host_service(frame.at, frame.size);
	uint8_t *reply = take(size + 1);
	if (!reply)
		__builtin_trap();
	host_take(reply);
	Text error = json_member(segment(reply, size, 0), "error");
	if (!error.at)
		return segment(reply, size, 1);
	call->code = zero_terminated(json_string_or(json_member(error, "code"), TEXT("internal")));
	call->blame = zero_terminated(json_string_or(json_member(error, "blame"), TEXT("host")));
	call->message = json_string_or(json_member(error, "message"), TEXT("a service failed"));
	return absent;
}

__attribute__((export_name("quoin_abi"))) int quoin_abi(void) { return QUOIN_ABI; }

__attribute__((export_name("quoin_alloc"))) void *quoin_alloc(size_t size) { return take(size + 1); }

static Text refusal(const char *code, Text message, const char *blame) {
	Writer w = {0};
	put_json(&w, "{'error':{'code':");
	put_string(&w, text_of(code));
	put_json(&w, ",'message':");
	put_string(&w, message);
	put_json(&w, ",'blame':");
	put_string(&w, text_of(blame));
	put(&w, "}}");
	return join(written(&w), absent, NULL, 0);
}

static Text answer(Call *call) {
	for (const Operation *o = quoin_operations; o->name; o++) {
		if (!text_is(call->op, o->name))
			continue;
		o->serve(call);
		if (call->code)
			return refusal(call->code, call->message, call->blame);
		return join(TEXT("{}"), written(&call->reply), call->blobs, call->blob_count);
	}
	return refusal("unsupported", TEXT("this block does not implement the operation"), "host");
}

__attribute__((export_name("quoin_call"))) uint64_t quoin_call(const uint8_t *frame, size_t size) {
	Call call = {0};
	Text envelope = segment(frame, size, 0);
	call.frame = frame, call.frame_size = size;
	call.op = json_string(json_member(envelope, "op"));
	call.context = json_member(envelope, "context");
	call.body = segment(frame, size, 1);
	Text reply = answer(&call);
	return (uint64_t)(uintptr_t)reply.at << 32 | reply.size;
}
