/* The device program on a board. */
#include "fl_device.h"
#include "fl_hal.h"

int main(void);

static fl_device device;

int main(void) {
  fl_hal_start();
  fl_device_start(&device, fl_hal_now_ms());
  for (;;) {
    if (!fl_device_poll(&device, fl_hal_now_ms())) fl_hal_idle();
  }
}
