#include "fake_server.h"

#include <string.h>

#include "check.h"
#include "fl_crc32.h"
#include "fl_flash_map.h"
#include "fl_record.h"
#include "fl_sha256.h"
#include "fl_step.h"
#include "test_hal.h"

enum { SLOT_BYTES = 16384, CAPTURE_BYTES = 2 * FL_SECTOR_BYTES, ADAPT = 8, TEST = 4, STRIDE = 4 + FL_MODEL_INPUT_BYTES };

uint8_t fake_image[FL_MODEL_PARAMETER_BYTES];

/* ---- packets ---- */

static void append(packets *to, const void *bytes, uint32_t count) {
  CHECK(to->count + count <= PACKETS_MAX);
  memcpy(to->bytes + to->count, bytes, count);
  to->count += count;
}

void fake_connack(packets *to) { append(to, "\x20\x02\x00", 4); }

void fake_suback(packets *to, const fl_device *device) {
  const uint16_t id = device->station.link.mqtt.packet_id;
  const uint8_t packet[] = {0x90, 3, (uint8_t)(id >> 8), (uint8_t)id, 0};
  append(to, packet, sizeof packet);
}

static void publish(packets *to, const char *topic, const fl_cbor_writer *message) {
  const int32_t bytes = fl_cbor_end(message);
  CHECK(bytes > 0);
  const uint32_t topic_bytes = (uint32_t)strlen(topic);
  const uint32_t length = 2 + topic_bytes + (uint32_t)bytes;
  const uint8_t header[] = {0x30, (uint8_t)((length & 127) | 128), (uint8_t)(length >> 7), 0, (uint8_t)topic_bytes};
  append(to, header, sizeof header);
  append(to, topic, topic_bytes);
  append(to, message->bytes, (uint32_t)bytes);
}

static fl_view view_of(const void *bytes, uint32_t count) {
  const fl_view view = {bytes, count};
  return view;
}

static uint8_t payload[FL_MAX_PAYLOAD_BYTES];

static fl_cbor_writer begin(uint32_t pairs) {
  fl_cbor_writer writer;
  fl_cbor_begin(&writer, payload, sizeof payload, pairs);
  return writer;
}

static const char secret[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

void fake_enrol_answer(packets *to) {
  const fl_identity *identity = fl_identity_read();
  fl_cbor_writer writer = begin(5);
  fl_cbor_put_int(&writer, 1, FL_OK);
  fl_cbor_put_bytes(&writer, 2, view_of(identity == NULL ? (const uint8_t *)secret : identity->nonce, FL_NONCE_BYTES));
  fl_cbor_put_text(&writer, 3, view_of("device-1", 8));
  fl_cbor_put_text(&writer, 4, view_of("fleet-1", 7));
  fl_cbor_put_text(&writer, 5, view_of(secret, 64));
  publish(to, "fl/1/prov/0102030405060708/rsp", &writer);
}

static void digest_of(const uint8_t *bytes, uint32_t count, uint8_t digest[FL_SHA256_BYTES]) {
  fl_sha256 hash;
  fl_sha256_begin(&hash);
  fl_sha256_add(&hash, bytes, count);
  fl_sha256_end(&hash, digest);
}

/* Key 12 is one segment, [[0, 16384, 0, 16384, 0, 16384, 0]]: written by hand, the codec only writes flat arrays. */
static void put_rates(fl_cbor_writer *writer) {
  static const uint8_t bytes[] = {0x0C, 0x81, 0x87, 0x00, 0x19, 0x40, 0x00, 0x00, 0x19, 0x40, 0x00, 0x00, 0x19, 0x40, 0x00, 0x00};
  memcpy(writer->bytes + writer->length, bytes, sizeof bytes);
  writer->length += (uint32_t)sizeof bytes;
}

static fl_cbor_writer train_job(uint32_t pairs, uint32_t execution, uint32_t passes) {
  uint8_t digest[FL_SHA256_BYTES];
  digest_of(fake_image, sizeof fake_image, digest);
  fl_cbor_writer writer = begin(pairs);
  fl_cbor_put_uint(&writer, 1, execution);
  fl_cbor_put_uint(&writer, 2, 1);
  fl_cbor_put_uint(&writer, 3, FL_JOB_TRAIN);
  fl_cbor_put_uint(&writer, 4, 5);
  fl_cbor_put_uint(&writer, 5, sizeof fake_image);
  fl_cbor_put_bytes(&writer, 6, view_of(digest, sizeof digest));
  fl_cbor_put_uint(&writer, 7, FL_CHUNK_BYTES);
  fl_cbor_put_uint(&writer, 8, FL_MODEL_LAYOUT);
  fl_cbor_put_uint(&writer, 9, FL_MODEL_SCHEME);
  fl_cbor_put_uint(&writer, 10, 77);
  fl_cbor_put_uint(&writer, 11, passes);
  put_rates(&writer);
  return writer;
}

static const char job_topic[] = "fl/1/fleet-1/device-1/dn/job";

void fake_job(packets *to, uint32_t execution, uint32_t passes) {
  const fl_cbor_writer writer = train_job(12, execution, passes);
  publish(to, job_topic, &writer);
}

void fake_balanced_job(packets *to, uint32_t execution, uint32_t passes, uint32_t loss) {
  const uint32_t stop[] = {loss, 0, 0};
  fl_cbor_writer writer = train_job(14, execution, passes);
  fl_cbor_put_uint(&writer, 15, FL_ORDER_BALANCED);
  fl_cbor_put_uints(&writer, 16, stop, 3);
  publish(to, job_topic, &writer);
}

static uint32_t chunk_bytes(uint32_t chunk) {
  const uint32_t rest = (uint32_t)sizeof fake_image - chunk * FL_CHUNK_BYTES;
  return rest < FL_CHUNK_BYTES ? rest : FL_CHUNK_BYTES;
}

void fake_digests(packets *to) {
  uint8_t digests[FAKE_CHUNKS * FL_CHUNK_DIGEST_BYTES];
  for (uint32_t chunk = 0; chunk < FAKE_CHUNKS; chunk++) {
    uint8_t digest[FL_SHA256_BYTES];
    digest_of(fake_image + chunk * FL_CHUNK_BYTES, chunk_bytes(chunk), digest);
    memcpy(digests + chunk * FL_CHUNK_DIGEST_BYTES, digest, FL_CHUNK_DIGEST_BYTES);
  }
  fl_cbor_writer writer = begin(3);
  fl_cbor_put_uint(&writer, 1, 5);
  fl_cbor_put_uint(&writer, 2, 0);
  fl_cbor_put_bytes(&writer, 3, view_of(digests, sizeof digests));
  publish(to, "fl/1/fleet-1/device-1/dn/digests", &writer);
}

void fake_chunk(packets *to, uint32_t chunk) {
  fl_cbor_writer writer = begin(3);
  fl_cbor_put_uint(&writer, 1, 5);
  fl_cbor_put_uint(&writer, 2, chunk);
  fl_cbor_put_bytes(&writer, 3, view_of(fake_image + chunk * FL_CHUNK_BYTES, chunk_bytes(chunk)));
  publish(to, "fl/1/fleet-1/device-1/dn/chunk", &writer);
}

void fake_ack(packets *to, uint32_t execution, int32_t status, uint32_t have) {
  fl_cbor_writer writer = begin(4);
  fl_cbor_put_uint(&writer, 1, execution);
  fl_cbor_put_uint(&writer, 2, 1);
  fl_cbor_put_int(&writer, 3, status);
  fl_cbor_put_uint(&writer, 4, have);
  publish(to, "fl/1/fleet-1/device-1/dn/ack", &writer);
}

/* ---- flash ---- */

static void write_samples(uint32_t offset) {
  uint32_t header[6] = {0x4D534C46u, ADAPT + TEST, FL_MODEL_INPUT_BYTES, ADAPT, TEST, 0};
  header[5] = fl_crc32(0, header, 20);
  memcpy(hal.flash + offset, header, sizeof header);
  uint8_t *items = hal.flash + offset + sizeof header;
  memset(items, 0, (ADAPT + TEST) * STRIDE);
  for (uint32_t i = 0; i < ADAPT + TEST; i++) {
    uint8_t *features = items + i * STRIDE + 4;
    items[i * STRIDE] = (uint8_t)(i % FL_MODEL_CLASSES);
    /* Something that all classes share, so that it matters in which order they are met. */
    for (uint32_t j = 0; j < FL_MODEL_INPUT_BYTES; j++) features[j] = (uint8_t)(fl_hash(i * FL_MODEL_INPUT_BYTES + j) % 51);
    features[i % FL_MODEL_CLASSES] = 100;
  }
}

void fake_factory(void) {
  fl_provisioning board = {{1, 2, 3, 4, 5, 6, 7, 8}, {9}, 65536, 1 << 20, SLOT_BYTES, CAPTURE_BYTES, "board", "core", "", "token"};
  const fl_slots slots = {SLOT_BYTES};
  test_hal_reset();
  for (uint32_t i = 0; i < sizeof fake_image; i++) fake_image[i] = (uint8_t)fl_hash(i);
  memset(fake_image + 64, 0, FL_MODEL_CLASSES * (FL_MODEL_INPUT_BYTES + 4)); /* weights and biases: */
  for (uint32_t k = 0; k < FL_MODEL_CLASSES; k++) {
    /* each class is taken for the next one, which can be unlearnt */
    fake_image[64 + k * FL_MODEL_INPUT_BYTES + (k + FL_MODEL_CLASSES - 1) % FL_MODEL_CLASSES] = 20;
  }
  CHECK(fl_record_write(FL_MAP_PROVISIONING, 0x52504C46u, &board, sizeof board));
  write_samples(fl_slots_end(&slots) + CAPTURE_BYTES);
}
