/* A plugin of qemu's: counts the instructions that a program executes, and says so at its end. The declarations are those of
   qemu's qemu-plugin.h, which Debian does not package. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

typedef uint64_t id;
struct block;
enum { ADD_U64 = 0 };

int qemu_plugin_version = VERSION;
size_t qemu_plugin_tb_n_insns(const struct block *block);
void qemu_plugin_register_vcpu_tb_trans_cb(id self, void (*call)(id, struct block *));
void qemu_plugin_register_vcpu_tb_exec_inline(struct block *block, int operation, void *place, uint64_t number);
void qemu_plugin_register_atexit_cb(id self, void (*call)(id, void *), void *data);

static uint64_t executed;

static void translated(id self, struct block *block)
{
    (void)self;
    qemu_plugin_register_vcpu_tb_exec_inline(block, ADD_U64, &executed, qemu_plugin_tb_n_insns(block));
}

static void ended(id self, void *data)
{
    (void)self, (void)data;
    fprintf(stderr, "executed %" PRIu64 "\n", executed);
}

int qemu_plugin_install(id self, const void *machine, int count, char **arguments)
{
    (void)machine, (void)count, (void)arguments;
    qemu_plugin_register_vcpu_tb_trans_cb(self, translated);
    qemu_plugin_register_atexit_cb(self, ended, NULL);
    return 0;
}
