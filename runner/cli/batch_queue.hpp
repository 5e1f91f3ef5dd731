// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace dmsc::cli {

/// Hands things from one thread to another, many at a time and never more than a few batches ahead.
template <class Item>
class BatchQueue {
 public:
  using Batch = std::vector<Item>;

  /// Of the thread that fills.
  void put(Item&& item) {
    filling_.push_back(std::move(item));
    if (filling_.size() == batch_size) pass_on();
  }

  /// Nothing follows.
  void close() {
    if (!filling_.empty()) pass_on();
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

  /// Of the thread that empties. @return  nothing at the end
  std::optional<Batch> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !full_.empty(); });
    if (full_.empty()) return {};
    auto batch = std::move(full_.front());
    full_.pop_front();
    changed_.notify_all();
    return batch;
  }

  /// A batch whose memory can be used again.
  void give_back(Batch batch) {
    batch.clear();
    const std::lock_guard lock(mutex_);
    empty_.push_back(std::move(batch));
  }

 private:
  static constexpr std::size_t batch_size = 1024;
  static constexpr std::size_t batches_ahead = 4;

  void pass_on() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return full_.size() < batches_ahead; });
    full_.push_back(std::move(filling_));
    filling_ = {};
    if (!empty_.empty()) {
      filling_ = std::move(empty_.back());
      empty_.pop_back();
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> full_;
  std::vector<Batch> empty_;
  Batch filling_;
  bool closed_ = false;
};

}  // namespace dmsc::cli
