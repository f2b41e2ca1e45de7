/* Packets as a server would send them to the device under test, appended to a buffer. */
#ifndef FL_TEST_FAKE_SERVER_H
#define FL_TEST_FAKE_SERVER_H

#include <stdint.h>

#include "fl_device.h"

enum { PACKETS_MAX = 4096 };

typedef struct {
  uint8_t bytes[PACKETS_MAX];
  uint32_t count;
} packets;

void fake_connack(packets *to);
/* Answers the device's last SUBSCRIBE. */
void fake_suback(packets *to, const fl_device *device);
void fake_enrol_answer(packets *to);
void fake_job(packets *to, uint32_t execution, uint32_t passes);
/* The same, which meets every class as often as any other, and ends when the mean loss of a pass is below `loss`. */
void fake_balanced_job(packets *to, uint32_t execution, uint32_t passes, uint32_t loss);
void fake_digests(packets *to);
void fake_chunk(packets *to, uint32_t chunk);
void fake_ack(packets *to, uint32_t execution, int32_t status, uint32_t have);

/* Writes the board's provisioning and samples into blank flash. */
void fake_factory(void);

/* The parameter image that the job is about. */
extern uint8_t fake_image[FL_MODEL_PARAMETER_BYTES];
enum { FAKE_CHUNKS = (FL_MODEL_PARAMETER_BYTES + FL_CHUNK_BYTES - 1) / FL_CHUNK_BYTES };

#endif
