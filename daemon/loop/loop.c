#include "loop/loop.h"

#include "base/err.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"

#include <pthread.h>
#include <signal.h>

/* Two: password hashing takes 55 ms of a core, and the loop's own core must stay free. */
enum { WORKERS = 2 };

struct job {
	struct list link;
	void (*work)(void *ctx); /* NULL for loop_later */
	void (*done)(void *ctx);
	void *ctx;
};

struct loop {
	struct ev_loop *ev;
	struct list later; /* jobs of the next turn */
	ev_prepare before_sleep;
	ev_idle keep_awake; /* active while `later` has jobs, so that the loop does not sleep on them */
	ev_async wakeup;
	pthread_t threads[WORKERS];
	bool threads_started;
	pthread_mutex_t lock; /* guards the fields below */
	pthread_cond_t wanted;
	struct list waiting, finished;
	unsigned pending;
	bool stopping;
};

static void on_idle(struct ev_loop *ev, ev_idle *w, int events)
{
	UNUSED(ev);
	UNUSED(w);
	UNUSED(events);
}

static void run_later(struct ev_loop *ev, ev_prepare *w, int events)
{
	UNUSED(events);
	struct loop *l = w->data;
	struct list batch;
	list_init(&batch);
	/* Jobs added by these jobs wait for the next turn, so that a job that adds itself cannot starve the sockets. */
	while (!list_empty(&l->later)) {
		struct list *node = l->later.next;
		list_remove(node);
		list_append(&batch, node);
	}
	while (!list_empty(&batch)) {
		struct job *job = CONTAINER_OF(batch.next, struct job, link);
		list_remove(&job->link);
		job->done(job->ctx);
		mem_free(job);
	}
	if (list_empty(&l->later))
		ev_idle_stop(ev, &l->keep_awake);
}

static void on_wakeup(struct ev_loop *ev, ev_async *w, int events)
{
	UNUSED(ev);
	UNUSED(events);
	struct loop *l = w->data;
	for (;;) {
		pthread_mutex_lock(&l->lock);
		struct job *job = NULL;
		if (!list_empty(&l->finished)) {
			job = CONTAINER_OF(l->finished.next, struct job, link);
			list_remove(&job->link);
			l->pending--;
		}
		pthread_mutex_unlock(&l->lock);
		if (!job)
			return;
		job->done(job->ctx);
		mem_free(job);
	}
}

static void *worker(void *arg)
{
	struct loop *l = arg;
	pthread_mutex_lock(&l->lock);
	while (!l->stopping) {
		if (list_empty(&l->waiting)) {
			pthread_cond_wait(&l->wanted, &l->lock);
			continue;
		}
		struct job *job = CONTAINER_OF(l->waiting.next, struct job, link);
		list_remove(&job->link);
		pthread_mutex_unlock(&l->lock);
		job->work(job->ctx);
		pthread_mutex_lock(&l->lock);
		list_append(&l->finished, &job->link);
		ev_async_send(l->ev, &l->wakeup);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

struct loop *loop_new(void)
{
	struct loop *l = mem_zalloc(sizeof *l);
	/* epoll by name: libev's io_uring backend aborts at a few thousand sockets; NOENV keeps LIBEV_FLAGS out. */
	l->ev = ev_default_loop(EVBACKEND_EPOLL | EVFLAG_NOENV);
	if (!l->ev)
		panic("libev offers no epoll loop");
	list_init(&l->later);
	list_init(&l->waiting);
	list_init(&l->finished);
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->wanted, NULL);
	ev_prepare_init(&l->before_sleep, run_later);
	l->before_sleep.data = l;
	ev_prepare_start(l->ev, &l->before_sleep);
	ev_idle_init(&l->keep_awake, on_idle);
	ev_async_init(&l->wakeup, on_wakeup);
	l->wakeup.data = l;
	ev_async_start(l->ev, &l->wakeup);
	return l;
}

static void free_jobs(struct list *jobs)
{
	LIST_EACH_SAFE(jobs, it, after)
		mem_free(CONTAINER_OF(it, struct job, link));
}

void loop_free(struct loop *l)
{
	pthread_mutex_lock(&l->lock);
	l->stopping = true;
	pthread_cond_broadcast(&l->wanted);
	pthread_mutex_unlock(&l->lock);
	for (int i = 0; l->threads_started && i < WORKERS; i++)
		pthread_join(l->threads[i], NULL);
	free_jobs(&l->waiting);
	free_jobs(&l->finished);
	free_jobs(&l->later);
	ev_prepare_stop(l->ev, &l->before_sleep);
	ev_idle_stop(l->ev, &l->keep_awake);
	ev_async_stop(l->ev, &l->wakeup);
	ev_loop_destroy(l->ev);
	mem_free(l);
}

void loop_run(struct loop *l) { ev_run(l->ev, 0); }
void loop_stop(struct loop *l) { ev_break(l->ev, EVBREAK_ALL); }
struct ev_loop *loop_native(struct loop *l) { return l->ev; }

static void on_timer(struct ev_loop *ev, ev_timer *w, int events)
{
	UNUSED(ev);
	UNUSED(events);
	struct loop_timer *t = w->data;
	t->cb(t->ctx);
}

void loop_timer_init(struct loop_timer *t, struct loop *l, void (*cb)(void *ctx), void *ctx)
{
	t->loop = l;
	t->cb = cb;
	t->ctx = ctx;
	ev_timer_init(&t->native, on_timer, 0., 0.);
	t->native.data = t;
}

static void arm(struct loop_timer *t, int64_t first_ms, int64_t repeat_ms)
{
	struct ev_loop *ev = t->loop->ev;
	ev_timer_stop(ev, &t->native);
	/* libev counts from the loop's cached time, which a long turn leaves behind. */
	ev_now_update(ev);
	ev_timer_set(&t->native, (double)(first_ms > 0 ? first_ms : 0) / 1000., (double)repeat_ms / 1000.);
	ev_timer_start(ev, &t->native);
}

void loop_timer_after(struct loop_timer *t, int64_t ms) { arm(t, ms, 0); }
void loop_timer_every(struct loop_timer *t, int64_t ms) { arm(t, ms, ms); }
void loop_timer_stop(struct loop_timer *t) { ev_timer_stop(t->loop->ev, &t->native); }
bool loop_timer_active(const struct loop_timer *t) { return ev_is_active(&t->native); }

static void on_io(struct ev_loop *ev, ev_io *w, int events)
{
	UNUSED(ev);
	struct loop_io *io = w->data;
	io->cb(io->ctx, events & EV_READ, events & EV_WRITE);
}

void loop_io_init(struct loop_io *io, struct loop *l, int fd, void (*cb)(void *ctx, bool readable, bool writable),
                  void *ctx)
{
	io->loop = l;
	io->cb = cb;
	io->ctx = ctx;
	ev_io_init(&io->native, on_io, fd, EV_NONE);
	io->native.data = io;
}

void loop_io_want(struct loop_io *io, bool readable, bool writable)
{
	ev_io_stop(io->loop->ev, &io->native);
	ev_io_set(&io->native, io->native.fd, (readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));
	if (readable || writable)
		ev_io_start(io->loop->ev, &io->native);
}

void loop_io_stop(struct loop_io *io) { ev_io_stop(io->loop->ev, &io->native); }

static void on_signal(struct ev_loop *ev, ev_signal *w, int events)
{
	UNUSED(ev);
	UNUSED(events);
	struct loop_signal *s = w->data;
	s->cb(s->ctx);
}

void loop_signal_start(struct loop_signal *s, struct loop *l, int signum, void (*cb)(void *ctx), void *ctx)
{
	s->cb = cb;
	s->ctx = ctx;
	ev_signal_init(&s->native, on_signal, signum);
	s->native.data = s;
	ev_signal_start(l->ev, &s->native);
}

static struct job *job_new(void (*work)(void *), void (*done)(void *), void *ctx)
{
	struct job *job = mem_alloc(sizeof *job);
	*job = (struct job){ .work = work, .done = done, .ctx = ctx };
	list_init(&job->link);
	return job;
}

void loop_later(struct loop *l, void (*fn)(void *ctx), void *ctx)
{
	list_append(&l->later, &job_new(NULL, fn, ctx)->link);
	ev_idle_start(l->ev, &l->keep_awake);
}

static void start_threads(struct loop *l)
{
	sigset_t all, old;
	sigfillset(&all);
	/* Signals belong to the loop's thread. */
	pthread_sigmask(SIG_BLOCK, &all, &old);
	for (int i = 0; i < WORKERS; i++)
		if (pthread_create(&l->threads[i], NULL, worker, l) != 0)
			panic("cannot start worker threads");
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	l->threads_started = true;
}

bool loop_work(struct loop *l, void (*work)(void *ctx), void (*done)(void *ctx), void *ctx)
{
	if (!l->threads_started)
		start_threads(l);
	pthread_mutex_lock(&l->lock);
	bool room = l->pending < LOOP_WORK_MAX;
	if (room) {
		l->pending++;
		list_append(&l->waiting, &job_new(work, done, ctx)->link);
		pthread_cond_signal(&l->wanted);
	}
	pthread_mutex_unlock(&l->lock);
	return room;
}
