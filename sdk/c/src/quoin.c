// Frames, words and the ABI: see quoin.h. The functions that the host gives and calls stand at the end.
#include "quoin.h"

static const Text absent = {NULL, 0};

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
		if (i + 3 <= text.size && text_is((Text){text.at + i, 3}, "{0}")) {
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
