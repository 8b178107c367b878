// Straight C for a language model of tokens, one thread, for a same-run comparison of speed.
//   gcc -O3 tokens.c -o tokens -lm
//   ./tokens sft 200      tokens per second of fine-tuning, 200 minibatches of 256
//   ./tokens ppo 20       tokens per second of PPO, 20 updates of 128 responses side by side, 8 tokens each
// The model: vectors of 16 numbers for the last 8 of 30 tokens, two tanh layers of 128, 28 logits (V: one output). Fine-tuning
// is next-token cross-entropy and AdamW. PPO is the rollout, log π - log ρ of the frozen model, GAE, and 2 epochs of 2
// minibatches: clipped surrogate, value loss, global-norm clip, Adam. Loops are plain and in the order in which memory lies; it
// is a yardstick for time, not for results: random numbers, tokens and scores are cheap ones.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#define READ 30
#define OUT 28
#define EOS 27
#define WINDOW 8
#define EMBED 16
#define IN (WINDOW * EMBED)
#define H 128
#define E 128
#define T 8
#define B (E * T)
#define MB (B / 2)

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
static unsigned long long rs = 88172645463325252ULL;
static inline unsigned rnd(void) { rs ^= rs << 13; rs ^= rs >> 7; rs ^= rs << 17; return (unsigned)(rs >> 32); }
static inline float uni(void) { return (rnd() >> 8) * (1.0f / 16777216.0f); }

typedef struct { float emb[READ * EMBED], w1[IN * H], b1[H], w2[H * H], b2[H], w3[H * OUT], b3[OUT]; } Net;
#define SIZE (sizeof(Net) / sizeof(float))
static Net P[2], R, G, M1[2], M2[2];

// C[m,n] = A[m,k] W[k,n] + b
static void affine(const float *restrict A, const float *restrict W, const float *restrict b, float *restrict C, int m, int k, int n) {
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < n; j++) C[i * n + j] = b[j];
    for (int q = 0; q < k; q++) { float x = A[i * k + q]; for (int j = 0; j < n; j++) C[i * n + j] += x * W[q * n + j]; }
  }
}
// Gw[k,n] = A[m,k]^T D[m,n], gb[n] = the sum of D's rows
static void weights(const float *restrict A, const float *restrict D, float *restrict Gw, float *restrict gb, int m, int k, int n) {
  for (int i = 0; i < m; i++) {
    for (int q = 0; q < k; q++) { float x = A[i * k + q]; for (int j = 0; j < n; j++) Gw[q * n + j] += x * D[i * n + j]; }
    for (int j = 0; j < n; j++) gb[j] += D[i * n + j];
  }
}
static float wt[H * IN + H * H];
// X[m,k] = D[m,n] W[k,n]^T
static void inputs(const float *restrict D, const float *restrict W, float *restrict X, int m, int k, int n) {
  for (int q = 0; q < k; q++) for (int j = 0; j < n; j++) wt[j * k + q] = W[q * n + j];
  for (int i = 0; i < m; i++) {
    for (int q = 0; q < k; q++) X[i * k + q] = 0;
    for (int j = 0; j < n; j++) { float d = D[i * n + j]; for (int q = 0; q < k; q++) X[i * k + q] += d * wt[j * k + q]; }
  }
}
static float X[B * IN], h1[B * H], h2[B * H], d1[B * H], d2[B * H], dX[B * IN];

static void forward(const Net *n, int out, const int *ctx, float *o, int m) {
  for (int i = 0; i < m * WINDOW; i++) memcpy(X + i * EMBED, n->emb + ctx[i] * EMBED, EMBED * sizeof(float));
  affine(X, n->w1, n->b1, h1, m, IN, H); for (int i = 0; i < m * H; i++) h1[i] = tanhf(h1[i]);
  affine(h1, n->w2, n->b2, h2, m, H, H); for (int i = 0; i < m * H; i++) h2[i] = tanhf(h2[i]);
  affine(h2, n->w3, n->b3, o, m, H, out);
}
// After forward of the same rows.
static void backward(const Net *n, int out, const int *ctx, const float *dO, int m) {
  memset(&G, 0, sizeof G);
  weights(h2, dO, G.w3, G.b3, m, H, out);
  inputs(dO, n->w3, d2, m, H, out); for (int i = 0; i < m * H; i++) d2[i] *= 1 - h2[i] * h2[i];
  weights(h1, d2, G.w2, G.b2, m, H, H);
  inputs(d2, n->w2, d1, m, H, H); for (int i = 0; i < m * H; i++) d1[i] *= 1 - h1[i] * h1[i];
  weights(X, d1, G.w1, G.b1, m, IN, H);
  inputs(d1, n->w1, dX, m, IN, H);
  for (int i = 0; i < m * WINDOW; i++) for (int k = 0; k < EMBED; k++) G.emb[ctx[i] * EMBED + k] += dX[i * EMBED + k];
}
static double b1t = 1, b2t = 1;
static void adam(Net *net, Net *m1, Net *m2, float lr, float decay, float clip) {
  float *restrict p = (float *)net, *restrict g = (float *)&G, *restrict m = (float *)m1, *restrict v = (float *)m2, gn = 0;
  for (unsigned i = 0; i < SIZE; i++) gn += g[i] * g[i];
  gn = sqrtf(gn); float sc = clip > 0 && gn > clip ? clip / gn : 1, c1 = lr / (1 - b1t), c2 = 1 / (1 - b2t);
  for (unsigned i = 0; i < SIZE; i++) {
    float q = g[i] * sc; m[i] = .9f * m[i] + .1f * q; v[i] = .999f * v[i] + .001f * q * q;
    p[i] -= c1 * m[i] / (sqrtf(v[i] * c2) + 1e-8f) + lr * decay * p[i];
  }
}
static void init(Net *n) { float *p = (float *)n; for (unsigned i = 0; i < SIZE; i++) p[i] = (uni() - .5f) * .3f; }
static float logSum(const float *o) {
  float m = o[0], s = 0; for (int c = 1; c < OUT; c++) m = o[c] > m ? o[c] : m;
  for (int c = 0; c < OUT; c++) s += expf(o[c] - m);
  return m + logf(s);
}
static int context[B * WINDOW], token[B], shuffled[B * WINDOW], ix[B];
static float o[B * OUT], dO[B * OUT];

static float sft(int steps) {
  enum { N = 256 }; float loss = 0;
  init(P);
  for (int s = 0; s < steps; s++) {
    for (int i = 0; i < N; i++) { for (int k = 0; k < WINDOW; k++) context[i * WINDOW + k] = rnd() % READ; token[i] = rnd() % OUT; }
    forward(P, OUT, context, o, N); loss = 0;
    for (int i = 0; i < N; i++) {
      float z = logSum(o + i * OUT); loss += z - o[i * OUT + token[i]];
      for (int c = 0; c < OUT; c++) dO[i * OUT + c] = (expf(o[i * OUT + c] - z) - (c == token[i])) / N;
    }
    backward(P, OUT, context, dO, N); b1t *= .9; b2t *= .999; adam(P, M1, M2, 4e-3f, .02f, 0);
  }
  return loss / N;
}

static int now8[E][WINDOW], length[E];
static float lp[B], ref[B], val[B], rew[B], done[B], adv[B], ret[B], lastV[E], v[B], dV[B];
static void reset(int e) { for (int k = 0; k < WINDOW; k++) now8[e][k] = 29; now8[e][WINDOW - 1] = 28; length[e] = 0; }
static float ppo(int updates) {
  float sum = 0;
  init(P); init(P + 1); R = P[0];
  for (int e = 0; e < E; e++) reset(e);
  for (int u = 0; u < updates; u++) {
    for (int t = 0; t < T; t++) {
      int *ctx = context + t * E * WINDOW; memcpy(ctx, now8, sizeof now8);
      forward(P, OUT, ctx, o, E); forward(P + 1, 1, ctx, v, E);
      for (int e = 0; e < E; e++) {
        int b = t * E + e, a = 0; float z = logSum(o + e * OUT), x = uni(), c = 0;
        for (; a < OUT - 1; a++) { c += expf(o[e * OUT + a] - z); if (x < c) break; }
        token[b] = a; lp[b] = o[e * OUT + a] - z; val[b] = v[e]; length[e]++;
        done[b] = a == EOS || length[e] >= 15; rew[b] = done[b] ? length[e] * .1f : 0;
        memmove(now8[e], now8[e] + 1, (WINDOW - 1) * sizeof(int)); now8[e][WINDOW - 1] = a;
        if (done[b]) reset(e);
      }
    }
    forward(P + 1, 1, (int *)now8, lastV, E);
    forward(&R, OUT, context, o, B);
    for (int b = 0; b < B; b++) { ref[b] = o[b * OUT + token[b]] - logSum(o + b * OUT); rew[b] -= .1f * (lp[b] - ref[b]); sum += rew[b]; }
    // The exact KL needs the policy's logits of the whole rollout, too.
    static float po[B * OUT]; float kl = 0;
    forward(P, OUT, context, po, B);
    for (int b = 0; b < B; b++) { float zp = logSum(po + b * OUT), zr = logSum(o + b * OUT); for (int c = 0; c < OUT; c++) { float l = po[b * OUT + c] - zp; kl += expf(l) * (l - o[b * OUT + c] + zr); } }
    sum += kl * 1e-9f;
    for (int e = 0; e < E; e++) {
      float g = 0, nv = lastV[e];
      for (int t = T - 1; t >= 0; t--) { int b = t * E + e; float nn = 1 - done[b]; g = rew[b] + nv * nn - val[b] + .95f * nn * g; adv[b] = g; ret[b] = g + val[b]; nv = val[b]; }
    }
    for (int i = 0; i < B; i++) ix[i] = i;
    for (int ep = 0; ep < 2; ep++) {
      for (int i = B - 1; i > 0; i--) { int j = rnd() % (i + 1), q = ix[i]; ix[i] = ix[j]; ix[j] = q; }
      for (int mb = 0; mb < 2; mb++) {
        const int *id = ix + mb * MB; float mu = 0, sd = 0;
        for (int i = 0; i < MB; i++) { memcpy(shuffled + i * WINDOW, context + id[i] * WINDOW, WINDOW * sizeof(int)); mu += adv[id[i]]; }
        mu /= MB;
        for (int i = 0; i < MB; i++) { float q = adv[id[i]] - mu; sd += q * q; }
        sd = sqrtf(sd / (MB - 1)) + 1e-8f;
        b1t *= .9; b2t *= .999;
        forward(P, OUT, shuffled, o, MB);
        for (int i = 0; i < MB; i++) {
          int b = id[i], a = token[b]; float z = logSum(o + i * OUT), r = expf(o[i * OUT + a] - z - lp[b]), A = (adv[b] - mu) / sd, g = 0;
          if (!((A > 0 && r > 1.2f) || (A < 0 && r < .8f))) g = -A * r / MB;
          for (int c = 0; c < OUT; c++) dO[i * OUT + c] = g * ((c == a) - expf(o[i * OUT + c] - z));
        }
        backward(P, OUT, shuffled, dO, MB); adam(P, M1, M2, 1e-3f, 0, .5f);
        forward(P + 1, 1, shuffled, v, MB);
        for (int i = 0; i < MB; i++) dV[i] = (v[i] - ret[id[i]]) / MB;
        backward(P + 1, 1, shuffled, dV, MB); adam(P + 1, M1 + 1, M2 + 1, 2e-3f, 0, .5f);
      }
    }
  }
  return sum;
}

int main(int argc, char **argv) {
  int n = argc > 2 ? atoi(argv[2]) : 20, isPpo = argc > 1 && !strcmp(argv[1], "ppo");
  double t = now(); float last = isPpo ? ppo(n) : sft(n); t = now() - t;
  printf("%d tokens in %.3f s: %.0f tokens/s (%.3f)\n", n * (isPpo ? B : 256), t, n * (isPpo ? B : 256) / t, last);
  return 0;
}
