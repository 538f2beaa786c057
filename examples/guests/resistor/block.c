// A question about a resistor's colour code: its bands are shown, and its value in ohms is typed. The right figures with a wrong
// power of ten score half.
#include "quoin.h"

#define MOST_DIGITS 24

static const char usual[] = "[\"yellow\",\"violet\",\"red\"]";

static const char *const colours[] = {"black", "brown", "red", "orange", "yellow", "green", "blue", "violet", "grey", "white"};

// Value is digits times a power of ten, without zeros at either end, so that equal values are equal in both.
typedef struct {
	char digits[MOST_DIGITS];
	size_t count;
	int power;
} Value;

static void describe(Call *call) {
	Writer *w = &call->reply;
	put_json(w, "{'sdk':'c 1','kind':'component','schema':1,"
		    "'ops':['outline','render','reveal','handle','grade','solve','sample'],"
		    "'fields':[{'name':'display_name','scope':'settings','type':'string','title':'Name','default':'Resistor'},"
		    "{'name':'bands','scope':'content','type':'list','title':'Bands: two digits and the number of zeros','default':");
	put(w, usual);
	put_json(w, "},{'name':'typed','scope':'user_state','type':'string'}],"
		    "'views':[{'name':'learner','reads':{'prepared':true,'verdict':true,'access':true,'locale':true,'fields':['typed']}}],"
		    "'handlers':[{'name':'submit','roles':['learner'],'grades':true,'reads':{'prepared':true,'locale':true}}]}");
}

// digit_of is the digit that a colour stands for, -1 where it is none.
static int digit_of(Text colour) {
	for (int n = 0; n < 10; n++)
		if (text_is(colour, colours[n]))
			return n;
	return -1;
}

// trim takes the zeros at the end into the power.
static void trim(Value *v) {
	while (v->count > 0 && v->digits[v->count - 1] == 0)
		v->count--, v->power++;
}

// next_char reads one character and counts it as ASCII: digits and the decimal point of Arabic count as ours, both signs for
// ohm as O, anything else as '?'.
static char next_char(Text text, size_t *at) {
	const unsigned char *s = (const unsigned char *)text.at + *at;
	size_t left = text.size - *at;
	if (s[0] < 0x80)
		return *at += 1, (char)s[0];
	if (left >= 2 && s[0] == 0xD9 && s[1] >= 0xA0 && s[1] <= 0xA9)
		return *at += 2, (char)('0' + s[1] - 0xA0);
	if (left >= 2 && s[0] == 0xD9 && s[1] == 0xAB)
		return *at += 2, '.';
	if (left >= 2 && s[0] == 0xCE && s[1] == 0xA9)
		return *at += 2, 'O';
	if (left >= 3 && s[0] == 0xE2 && s[1] == 0x84 && s[2] == 0xA6)
		return *at += 3, 'O';
	return *at += 1, '?';
}

// parse reads 4700, 4.7k, 4,7 kΩ or 0.0047M. A value of zero, or of too many digits, is none.
static bool parse(Text text, Value *v) {
	bool point = false, unit = false, ohm = false, any = false;
	*v = (Value){0};
	for (size_t at = 0; at < text.size;) {
		char c = next_char(text, &at);
		if (c == ' ')
			continue;
		if (c >= '0' && c <= '9' && !unit && !ohm) {
			any = true;
			v->power -= point;
			if (c == '0' && v->count == 0)
				continue;
			if (v->count == MOST_DIGITS)
				return false;
			v->digits[v->count++] = (char)(c - '0');
		} else if ((c == '.' || c == ',') && !point && !unit && !ohm) {
			point = true;
		} else if ((c == 'k' || c == 'K' || c == 'M' || c == 'G') && any && !unit && !ohm) {
			unit = true;
			v->power += c == 'M' ? 6 : c == 'G' ? 9 : 3;
		} else if (c == 'O' && any && !ohm) {
			ohm = true;
		} else {
			return false;
		}
	}
	trim(v);
	return v->count > 0;
}

// of_bands is the value that three bands stand for.
static bool of_bands(Text bands, Value *v) {
	int digits[3];
	if (json_count(bands) != 3)
		return false;
	for (size_t n = 0; n < 3; n++)
		if ((digits[n] = digit_of(json_string(json_element(bands, n)))) < 0)
			return false;
	*v = (Value){.digits = {(char)digits[0], (char)digits[1]}, .count = 2, .power = digits[2]};
	trim(v);
	return digits[0] > 0;
}

static Text plain(const Value *v) {
	Writer w = {0};
	for (size_t n = 0; n < v->count; n++)
		put_char(&w, (char)('0' + v->digits[n]));
	for (int n = 0; n < v->power; n++)
		put_char(&w, '0');
	return written(&w);
}

static void outline(Call *call) {
	Text fields = json_member(call->body, "fields"), bands = json_member(fields, "bands");
	Value value;
	if (!bands.at)
		bands = text_of(usual);
	if (!of_bands(bands, &value)) {
		fail(call, "bad_request", TEXT("bands: write three colours from black to white, the first of them not black"));
		return;
	}
	Text key = plain(&value);
	Writer *w = &call->reply;
	put_json(w, "{'facts':{'icon':'problem','max_score':1,'questions':1,'completion':'submit','title':");
	put_string(w, json_string_or(json_member(fields, "display_name"), TEXT("Resistor")));
	put_json(w, "},'answer_hash':'");
	put_digest(w, key);
	put_json(w, "','public':");
	put_blob(call, bands);
	put_json(w, ",'secret':");
	put_blob(call, key);
	put(w, "}");
}

static void status(Writer *w, const Call *call, Text verdict) {
	const char *class = "submitted", *key = "taken";
	if (text_is(json_member(verdict, "outcome"), "\"scored\"")) {
		double part = json_number(json_member(verdict, "earned"), 0) / json_number(json_member(verdict, "possible"), 1);
		class = part >= 1 ? "correct" : part > 0 ? "partially-correct" : "incorrect";
		key = part >= 1 ? "right" : part > 0 ? "nearly" : "wrong";
	}
	put(w, "<p class=\"status ");
	put(w, class);
	put(w, "\" role=\"status\">");
	put_word(w, call, key, TEXT(""));
	put(w, "</p>");
}

static void render(Call *call) {
	if (!text_is(json_member(call->body, "view"), "\"learner\"")) {
		fail(call, "not_found", TEXT("there is no such view"));
		return;
	}
	Text bands = blob(call, json_member(call->body, "public")), newest = json_member(call->body, "newest");
	Text typed = json_string(json_member(json_member(call->body, "fields"), "typed"));
	Writer html = {0};
	put(&html, "<div class=\"stack\"><p>");
	put_word(&html, call, "question", TEXT(""));
	put(&html, "</p><ol>");
	for (size_t n = 0; n < json_count(bands); n++) {
		int digit = digit_of(json_string(json_element(bands, n)));
		put(&html, "<li>");
		if (digit >= 0)
			put_word(&html, call, colours[digit], TEXT(""));
		put(&html, "</li>");
	}
	put(&html, "</ol><label>");
	put_word(&html, call, "value", TEXT(""));
	put(&html, " <input type=\"text\" name=\"value\" dir=\"ltr\" autocomplete=\"off\" maxlength=\"40\" form=\"quoin:form\" value=\"");
	if (typed.at)
		put_html(&html, typed);
	put(&html, "\"></label>");
	if (newest.at)
		status(&html, call, newest);
	if (json_true(json_member(json_member(json_member(call->body, "access"), "submit"), "open"))) {
		put(&html, "<div class=\"submit-bar\"><button class=\"button primary\" form=\"quoin:form\" name=\"handler\" value=\"submit\">");
		put_word(&html, call, "submit", TEXT(""));
		put(&html, "</button></div>");
	}
	put(&html, "</div>");
	put_json(&call->reply, "{'html':");
	put_blob(call, written(&html));
	put(&call->reply, "}");
}

static void handle(Call *call) {
	if (!text_is(json_member(call->body, "handler"), "\"submit\"")) {
		fail(call, "not_found", TEXT("there is no such handler"));
		return;
	}
	Text typed = json_string(json_element(json_member(json_member(call->body, "form"), "value"), 0));
	Value value;
	if (!typed.at || !parse(typed, &value)) {
		fail(call, "bad_request", word(call, "unreadable"));
		return;
	}
	Writer *w = &call->reply;
	put_json(w, "{'effects':[{'set':{'field':'typed','value':");
	put_string(w, typed);
	put_json(w, "}},{'submit':{'answers':");
	put_string(w, typed);
	put(w, "}}]}");
}

static void grade(Call *call) {
	Value given, right;
	double earned = 0;
	if (parse(json_string(json_member(json_member(call->body, "submission"), "answers")), &given) &&
	    parse(blob(call, json_member(call->body, "secret")), &right) &&
	    text_same((Text){given.digits, given.count}, (Text){right.digits, right.count}))
		earned = given.power == right.power ? 1 : 0.5;
	put_json(&call->reply, "{'outcome':'scored','possible':1,'earned':");
	put_number(&call->reply, earned);
	put(&call->reply, "}");
}

static void reveal(Call *call) {
	Text key = blob(call, json_member(call->body, "secret"));
	Writer html = {0}, *w = &call->reply;
	put(&html, "<p>");
	put_word(&html, call, "answer", key);
	put(&html, "</p>");
	put_json(w, "{'html':");
	put_blob(call, written(&html));
	put_json(w, ",'answers':{'value':");
	put_string(w, key);
	put(w, "}}");
}

static void input(Writer *w, Text value) {
	put_json(w, "'input':{'handler':'submit','form':{'value':[");
	put_string(w, value);
	put(w, "]}}");
}

static void solve(Call *call) {
	put(&call->reply, "{");
	input(&call->reply, blob(call, json_member(call->body, "secret")));
	put(&call->reply, "}");
}

static void answer(Writer *w, const char *expect, Text value) {
	put_json(w, "{'expect':'");
	put(w, expect);
	put_json(w, "',");
	input(w, value);
	put(w, "}");
}

static void sample(Call *call) {
	Writer *w = &call->reply;
	put_json(w, "{'samples':[{'name':'yellow','title':'Yellow, violet, red','fields':{},'answers':[");
	answer(w, "full", TEXT("4.7k"));
	put(w, ",");
	answer(w, "partial", TEXT("470"));
	put(w, ",");
	answer(w, "zero", TEXT("74"));
	put(w, ",");
	answer(w, "invalid", TEXT("many"));
	put(w, "]}]}");
}

const Operation quoin_operations[] = {
	{"describe", describe}, {"outline", outline}, {"render", render}, {"handle", handle}, {"grade", grade},
	{"reveal", reveal}, {"solve", solve}, {"sample", sample}, {0},
};
