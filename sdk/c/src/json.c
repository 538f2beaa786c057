// Reading JSON: positions in a text that is valid. See quoin.h.
#include "quoin.h"

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
