#include "fl_retry.h"

void fl_retry_reset(fl_retry *retry) {
  retry->longest_ms = 0;
  retry->wait_ms = 0;
}

static uint32_t lengthened(uint32_t longest_ms) {
  if (longest_ms < FL_RETRY_FIRST_MS) return FL_RETRY_FIRST_MS;
  return longest_ms < FL_RETRY_LONGEST_MS / 2 ? longest_ms * 2 : FL_RETRY_LONGEST_MS;
}

void fl_retry_wait(fl_retry *retry, fl_random *random, uint32_t now_ms) {
  retry->longest_ms = lengthened(retry->longest_ms);
  retry->started_ms = now_ms;
  retry->wait_ms = FL_RETRY_SHORTEST_MS + fl_random_next(random) % (retry->longest_ms - FL_RETRY_SHORTEST_MS);
}

void fl_retry_start(fl_retry *retry, fl_random *random, uint32_t now_ms) {
  fl_retry_reset(retry);
  fl_retry_wait(retry, random, now_ms);
}

bool fl_retry_is_over(const fl_retry *retry, uint32_t now_ms) { return now_ms - retry->started_ms >= retry->wait_ms; }

bool fl_retry_due(fl_retry *retry, fl_random *random, uint32_t now_ms) {
  if (!fl_retry_is_over(retry, now_ms)) return false;
  fl_retry_wait(retry, random, now_ms);
  return true;
}
