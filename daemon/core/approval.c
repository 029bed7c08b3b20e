#include "core/approval.h"

const struct approval approvals[] = {
#define APPROVAL(kind, initiates, approves, executes) { kind, initiates, approves, executes },
#include "core/approvals.def"
#undef APPROVAL
};

const size_t approval_count = sizeof approvals / sizeof approvals[0];
