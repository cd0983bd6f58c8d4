/* A stand-in for NVIDIA's management library, for machines without a GPU.
 *
 * It speaks the part of the NVML interface that advisor calls, with the structure layouts of nvml.h,
 * so that telemetry runs its real path: dlopen, symbols, structures, error codes. It has two GPUs;
 * GPU 0 is under a load whose figures change from one reading to the next.
 *
 * STANDIN_NVML_SCENARIO
 *   two          both GPUs answer (the default)
 *   lost         GPU 1 is lost after STANDIN_NVML_AFTER readings, half-way through the next
 *   hang         GPU 0 blocks for STANDIN_NVML_HANG_S seconds, once, after STANDIN_NVML_AFTER readings
 *   unloaded     every call fails after STANDIN_NVML_AFTER readings, until NVML is initialised again
 *   unsupported  no figure is supported
 *   unified      memory is the host's: no memory information
 *   mig          GPU 0 is partitioned: no utilisation
 *   old          no second version of the memory information, as before driver 510
 *   nodriver     the library is there, the kernel driver is not
 *   nodevice     a driver without a device
 *
 * A reading of a GPU starts with its memory information. STANDIN_NVML_AFTER defaults to 2,
 * STANDIN_NVML_HANG_S to 3600.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SUCCESS = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3,
    INSUFFICIENT_SIZE = 7, DRIVER_NOT_LOADED = 9, FUNCTION_NOT_FOUND = 13, GPU_IS_LOST = 15
};

#define GIB (1024ULL * 1024 * 1024)
#define COUNT 2

typedef struct { unsigned index, readings; unsigned long long energy_mj; } Gpu;
typedef struct { unsigned long long total, free, used; } Memory;
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } MemoryV2;
typedef struct { unsigned gpu, memory; } Utilization;
typedef struct { unsigned pid; unsigned long long used; unsigned gpu_instance, compute_instance; } Process;
typedef struct {
    char bus_id_legacy[16];
    unsigned domain, bus, device, pci_device_id, pci_subsystem_id;
    char bus_id[32];
} PciInfo;

static Gpu gpus[COUNT] = {{0, 0, 1000000}, {1, 0, 500000}};
static int initialized, hung, unloaded;

static int is(const char *scenario) {
    const char *chosen = getenv("STANDIN_NVML_SCENARIO");
    return strcmp(chosen ? chosen : "two", scenario) == 0;
}

static unsigned setting(const char *name, unsigned otherwise) {
    const char *text = getenv(name);
    return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static int past_limit(const Gpu *gpu) {
    return gpu->readings > setting("STANDIN_NVML_AFTER", 2);
}

/* What any question about `gpu` comes to before it is looked at. */
static int state(const Gpu *gpu) {
    if (!initialized) return UNINITIALIZED;
    if (is("lost") && gpu->index == 1 && past_limit(gpu)) return GPU_IS_LOST;
    return SUCCESS;
}

static int figure(const Gpu *gpu) {
    int answer = state(gpu);
    return answer == SUCCESS && is("unsupported") ? NOT_SUPPORTED : answer;
}

/* The load of GPU 0 goes up and down in steps; GPU 1 idles. */
static unsigned load_percent(const Gpu *gpu) {
    static const unsigned steps[] = {62, 71, 88, 97, 93, 79};
    return gpu->index == 0 ? steps[gpu->readings % 6] : 0;
}

static unsigned power_mw(const Gpu *gpu) { return 70000 + load_percent(gpu) * 5900; }

static unsigned long long used_bytes(const Gpu *gpu) {
    return gpu->index == 0 ? 41 * GIB + (gpu->readings % 4) * GIB : GIB / 2;
}

/* Count one more reading. The GPU is still there for its memory: it is lost half-way. */
static int begin_reading(Gpu *gpu) {
    int answer = state(gpu);
    if (answer != SUCCESS) return answer;
    gpu->readings++;
    gpu->energy_mj += power_mw(gpu);
    if (is("hang") && gpu->index == 0 && past_limit(gpu) && !hung) {
        hung = 1;
        sleep(setting("STANDIN_NVML_HANG_S", 3600));
    }
    if (is("unloaded") && past_limit(gpu) && !unloaded) {
        unloaded = 1;
        initialized = 0;
        return UNINITIALIZED;
    }
    return is("unsupported") || is("unified") ? NOT_SUPPORTED : SUCCESS;
}

int nvmlInitWithFlags(unsigned flags) {
    (void)flags;
    if (is("nodriver")) return DRIVER_NOT_LOADED;
    initialized = 1;
    return SUCCESS;
}

int nvmlInit_v2(void) { return nvmlInitWithFlags(0); }

int nvmlShutdown(void) {
    if (!initialized) return UNINITIALIZED;
    initialized = 0;
    return SUCCESS;
}

const char *nvmlErrorString(int error) {
    return error == GPU_IS_LOST ? "GPU is lost" : "stand-in error";
}

static int text(int answer, char *out, unsigned length, const char *value) {
    if (answer == SUCCESS) snprintf(out, length, "%s", value);
    return answer;
}

int nvmlSystemGetDriverVersion(char *out, unsigned length) {
    return text(initialized ? SUCCESS : UNINITIALIZED, out, length, "570.86.15");
}

int nvmlDeviceGetCount_v2(unsigned *count) {
    *count = is("nodevice") ? 0 : COUNT;
    return initialized ? SUCCESS : UNINITIALIZED;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, Gpu **gpu) {
    if (index >= COUNT) return INVALID_ARGUMENT;
    *gpu = &gpus[index];
    return state(*gpu);
}

int nvmlDeviceGetName(Gpu *gpu, char *out, unsigned length) {
    return text(state(gpu), out, length, "NVIDIA H100 80GB HBM3");
}

int nvmlDeviceGetUUID(Gpu *gpu, char *out, unsigned length) {
    char value[64];
    snprintf(value, sizeof value, "GPU-00000000-0000-0000-0000-00000000000%u", gpu->index);
    return text(state(gpu), out, length, value);
}

int nvmlDeviceGetPciInfo_v3(Gpu *gpu, PciInfo *info) {
    memset(info, 0, sizeof *info);
    info->bus = 0x1b + gpu->index;
    snprintf(info->bus_id_legacy, sizeof info->bus_id_legacy, "0000:%02X:00.0", info->bus);
    snprintf(info->bus_id, sizeof info->bus_id, "00000000:%02X:00.0", info->bus);
    return state(gpu);
}

int nvmlDeviceGetCudaComputeCapability(Gpu *gpu, int *major, int *minor) {
    *major = 9;
    *minor = 0;
    return state(gpu);
}

int nvmlDeviceGetMemoryInfo(Gpu *gpu, Memory *memory) {
    int answer = begin_reading(gpu);
    memory->total = 80 * GIB;
    memory->used = used_bytes(gpu) + GIB / 2;
    memory->free = memory->total - memory->used;
    return answer;
}

int nvmlDeviceGetMemoryInfo_v2(Gpu *gpu, MemoryV2 *memory) {
    if (is("old")) return FUNCTION_NOT_FOUND;
    if (memory->version != (sizeof *memory | 2u << 24)) return INVALID_ARGUMENT;
    int answer = begin_reading(gpu);
    memory->total = 80 * GIB;
    memory->reserved = GIB / 2;
    memory->used = used_bytes(gpu);
    memory->free = memory->total - memory->reserved - memory->used;
    return answer;
}

int nvmlDeviceGetUtilizationRates(Gpu *gpu, Utilization *rates) {
    int answer = figure(gpu);
    rates->gpu = load_percent(gpu);
    rates->memory = load_percent(gpu) / 2;
    return answer == SUCCESS && is("mig") && gpu->index == 0 ? NOT_SUPPORTED : answer;
}

int nvmlDeviceGetPowerUsage(Gpu *gpu, unsigned *milliwatts) {
    *milliwatts = power_mw(gpu);
    return figure(gpu);
}

int nvmlDeviceGetEnforcedPowerLimit(Gpu *gpu, unsigned *milliwatts) {
    *milliwatts = 700000;
    return figure(gpu);
}

int nvmlDeviceGetTemperature(Gpu *gpu, unsigned sensor, unsigned *celsius) {
    *celsius = 34 + load_percent(gpu) / 3;
    return sensor == 0 ? figure(gpu) : INVALID_ARGUMENT;
}

int nvmlDeviceGetTotalEnergyConsumption(Gpu *gpu, unsigned long long *millijoules) {
    *millijoules = gpu->energy_mj;
    return figure(gpu);
}

int nvmlDeviceGetMigMode(Gpu *gpu, unsigned *current, unsigned *pending) {
    *current = *pending = is("mig") && gpu->index == 0;
    return figure(gpu);
}

int nvmlDeviceGetClockInfo(Gpu *gpu, unsigned type, unsigned *mhz) {
    *mhz = gpu->index == 0 ? 1980 : 345;
    return type == 1 ? figure(gpu) : INVALID_ARGUMENT; /* 1: streaming multiprocessors */
}

/* One process on GPU 0, which holds what is used of it; as NVML does, ask for the count first. */
int nvmlDeviceGetComputeRunningProcesses_v3(Gpu *gpu, unsigned *count, Process *processes) {
    int answer = figure(gpu);
    unsigned room = *count;
    *count = gpu->index == 0;
    if (answer != SUCCESS || !*count) return answer;
    if (room < 1) return INSUFFICIENT_SIZE;
    processes[0].pid = 4242;
    processes[0].used = used_bytes(gpu);
    processes[0].gpu_instance = processes[0].compute_instance = ~0u;
    return SUCCESS;
}
