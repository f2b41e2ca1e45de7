/* Work of a program without a model: none. The board enrols and says hello; the server answers "install". */
#include "fl_bytes.h"
#include "fl_work.h"

void fl_work_describe(const fl_station *station, fl_hello *hello) {
  fl_zero(hello, sizeof *hello);
  hello->boots = station->boots;
}

fl_capture_answer fl_work_capture(fl_work *work, const fl_station *station, const fl_captured_item *item, bool is_working) {
  (void)work;
  (void)station;
  (void)item;
  (void)is_working;
  return FL_CAPTURE_NO_PLACE;
}

bool fl_work_start(fl_work *work, fl_station *station, const fl_job *job) {
  (void)work;
  (void)station;
  (void)job;
  return false;
}

bool fl_work_is(const fl_work *work, uint32_t execution, uint32_t attempt) {
  (void)work;
  (void)execution;
  (void)attempt;
  return false;
}

fl_work_answer fl_work_poll(fl_work *work, fl_station *station) {
  (void)work;
  (void)station;
  return FL_WORK_OVER;
}

void fl_work_take(fl_work *work, fl_station *station) {
  (void)work;
  (void)station;
}

void fl_work_hurry(fl_work *work) { (void)work; }
