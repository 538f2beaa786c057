// Memory, texts and writing: see quoin.h.
#include "quoin.h"

// Memory is taken from behind the module's data, never given back, since the host puts the memory back after each call.

extern uint8_t __heap_base;
static uintptr_t heap;

void *take(size_t size) {
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

void put_char(Writer *w, char c) { put_text(w, (Text){&c, 1}); }

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
