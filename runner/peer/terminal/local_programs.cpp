// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/local_programs.hpp"

#include <algorithm>

namespace dmsc::peer {

void LocalPrograms::fetch(const WebAddress& address, model::Moment now) {
  status_.reset();
  browser_.open(address, now);
  HttpRequest request;
  request.method = "GET";
  request.target = address.path;
  request.headers = {{"Accept", "*/*"}, {"User-Agent", "dmsc reference browser"}};
  browser_.request(std::move(request));
}

Result<void> LocalPrograms::hold(const WebAddress& address, model::Moment now) {
  if (held_.size() >= most_held) return fail(Errc::refused, "too many programs hold a connection already");
  auto silent = address;
  silent.secure = false;  // not even a ClientHello
  held_.emplace_back(self_, tamper_, dial_).open(std::move(silent), now);
  return {};
}

void LocalPrograms::power_off() {
  browser_.close();
  held_.clear();
}

bool LocalPrograms::connect(model::Moment now) {
  bool changed = browser_.connect(now);
  for (auto& program : held_) changed = program.connect(now) || changed;
  return changed;
}

bool LocalPrograms::move(model::Moment now) {
  bool moved = browser_.move(now);
  for (auto& program : held_) moved = program.move(now) || moved;
  if (const auto response = browser_.take_response()) {
    status_ = response->status;
    browser_.close();
    return true;
  }
  if (!status_ && browser_.state() == WebProgram::State::failed) status_ = 0;
  return moved;
}

std::optional<model::Moment> LocalPrograms::deadline() const {
  auto due = browser_.deadline();
  for (const auto& program : held_) {
    const auto other = program.deadline();
    if (other && (!due || *other < *due)) due = other;
  }
  return due;
}

}  // namespace dmsc::peer
