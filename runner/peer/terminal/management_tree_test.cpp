// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/management_tree.hpp"

#include "runner/base/catch.hpp"

namespace dmsc::peer {
namespace {

ManagementTree tree() {
  return {"IMEI:490154203237518", "com.example.dmsc", "https://127.0.0.1:4116/OMA/DM"};
}

/// Status, and what was read where it is 200: "200 chr 1.2", "200 node A/B", "404".
std::string got(const ManagementTree& tree, const std::string& uri) {
  std::string value;
  bool interior = false;
  const auto code = tree.get(uri, value, interior);
  return code == "200" ? code + (interior ? " node " : " chr ") + value : code;
}

}  // namespace

TEST_CASE("the tree has what a DM client has", "[tree]") {
  // dm.md 4.1 (DevInfo) and 5 (DMAcc)
  const auto nodes = tree();
  CHECK(got(nodes, "./DevInfo/DevId") == "200 chr IMEI:490154203237518");
  CHECK(got(nodes, "./DevInfo/DmV") == "200 chr 1.2");
  CHECK(got(nodes, "./DevDetail/SwV") == "200 chr 1");
  CHECK(got(nodes, "./DMAcc/dmsc/AppID") == "200 chr w7");
  CHECK(got(nodes, "./DMAcc/dmsc/ServerID") == "200 chr com.example.dmsc");
  CHECK(got(nodes, "./DMAcc/dmsc/AppAddr/1/Addr") == "200 chr https://127.0.0.1:4116/OMA/DM");
  CHECK(got(nodes, "./DMAcc/dmsc/AppAddr/1/AddrType") == "200 chr URI");
  CHECK(got(nodes, "./DMAcc/dmsc/AppAuth/SRVCRED/AAuthLevel") == "200 chr SRVCRED");
  CHECK(got(nodes, "./DMAcc/dmsc/AppAuth/CLCRED/AAuthType") == "200 chr DIGEST");
}

TEST_CASE("an interior node is the names of its children, not of theirs", "[tree]") {
  const auto nodes = tree();
  CHECK(got(nodes, ".") == "200 node DMAcc/DevDetail/DevInfo/Provisioning");
  CHECK(got(nodes, "./DevInfo") == "200 node DevId/DmV/Lang/Man/Mod");
  CHECK(got(nodes, "./DMAcc/dmsc") == "200 node AppAddr/AppAuth/AppID/ServerID");
  CHECK(got(nodes, "./Provisioning") == "200 node ");
}

TEST_CASE("a URI may leave out its first dot", "[tree]") {
  CHECK(got(tree(), "DevInfo/Man") == "200 chr dmsc");
  CHECK(got(tree(), "DevInfo") == "200 node DevId/DmV/Lang/Man/Mod");
}

TEST_CASE("what is not there is not found", "[tree]") {
  auto nodes = tree();
  for (const auto* uri : {"./None", "./DevInfo/DevId/More", "./devinfo", "", "/", "./", "./DevInfo/", "..", "./../."}) {
    CAPTURE(uri);
    CHECK(got(nodes, uri) == "404");
    CHECK(nodes.replace(uri, "x") == "404");
    CHECK(nodes.remove(uri) == "404");
  }
}

TEST_CASE("secrets cannot be read", "[tree]") {
  CHECK(got(tree(), "./DMAcc/dmsc/AppAuth/SRVCRED/AAuthSecret") == "425");
  CHECK(got(tree(), "./DMAcc/dmsc/AppAuth/CLCRED/AAuthSecret") == "425");
}

TEST_CASE("what the device is cannot be changed", "[tree]") {
  auto nodes = tree();
  CHECK(nodes.replace("./DevInfo/Man", "other") == "425");
  CHECK(nodes.remove("./DevInfo/Man") == "425");
  CHECK(nodes.remove("./DMAcc/dmsc") == "425");
  CHECK(nodes.remove(".") == "425");
  CHECK(nodes.remove("./Provisioning") == "425");
  CHECK(nodes.add("./DevInfo/More", "x", false) == "425");
  CHECK(nodes.add("./More", "x", false) == "425");
  CHECK(nodes.replace("./DevInfo", "x") == "405");
  CHECK(got(nodes, "./DevInfo/Man") == "200 chr dmsc");
  CHECK(got(nodes, "./DevInfo") == "200 node DevId/DmV/Lang/Man/Mod");
}

TEST_CASE("below Provisioning a server adds, replaces and deletes", "[tree]") {
  auto nodes = tree();
  CHECK(nodes.add("./Provisioning/APN", "internet", false) == "200");
  CHECK(got(nodes, "./Provisioning/APN") == "200 chr internet");
  CHECK(nodes.add("./Provisioning/APN", "other", false) == "418");
  CHECK(got(nodes, "./Provisioning/APN") == "200 chr internet");
  CHECK(nodes.replace("./Provisioning/APN", "ims") == "200");
  CHECK(got(nodes, "Provisioning/APN") == "200 chr ims");
  CHECK(nodes.add("./Provisioning/APN/Below", "x", false) == "405");  // a leaf has no children
  CHECK(nodes.add("./Provisioning/Bearer/Name", "x", false) == "404");
  CHECK(nodes.add("./Provisioning/Bearer", "", true) == "200");
  CHECK(nodes.add("./Provisioning/Bearer/Name", "x", false) == "200");
  CHECK(nodes.add("./Provisioning/Bearer2", "y", false) == "200");
  CHECK(nodes.replace("./Provisioning/Bearer", "x") == "405");
  CHECK(got(nodes, "./Provisioning") == "200 node APN/Bearer/Bearer2");
  CHECK(nodes.remove("./Provisioning/Bearer") == "200");
  CHECK(got(nodes, "./Provisioning/Bearer/Name") == "404");
  CHECK(got(nodes, "./Provisioning") == "200 node APN/Bearer2");
  CHECK(nodes.remove("./Provisioning/Bearer") == "404");
}

TEST_CASE("a URI has 255 characters at most", "[tree]") {
  auto nodes = tree();
  const std::string base = "./Provisioning/";
  CHECK(nodes.add(base + std::string(255 - base.size(), 'a'), "x", false) == "200");
  CHECK(nodes.add(base + std::string(256 - base.size(), 'a'), "x", false) == "414");
}

TEST_CASE("a tree is full at some time", "[tree]") {
  auto nodes = tree();
  std::size_t added = 0;
  std::string code;
  for (std::size_t i = 0; i < 2 * ManagementTree::most_nodes; ++i) {
    code = nodes.add("./Provisioning/" + std::to_string(i), "x", false);
    if (code != "200") break;
    ++added;
  }
  CHECK(code == "420");
  CHECK(added < ManagementTree::most_nodes);
  CHECK(added > ManagementTree::most_nodes - 50);
  CHECK(nodes.remove("./Provisioning/0") == "200");
  CHECK(nodes.add("./Provisioning/again", "x", false) == "200");
}

TEST_CASE("DevInfo goes out with its five nodes", "[tree]") {
  const Value expected = Value::List{Value::Map{{"source", "./DevInfo/DevId"}, {"data", "IMEI:490154203237518"}},
                                     Value::Map{{"source", "./DevInfo/Man"}, {"data", "dmsc"}},
                                     Value::Map{{"source", "./DevInfo/Mod"}, {"data", "reference"}},
                                     Value::Map{{"source", "./DevInfo/DmV"}, {"data", "1.2"}},
                                     Value::Map{{"source", "./DevInfo/Lang"}, {"data", "en"}}};
  CHECK(Value(tree().device_information()) == expected);
}

}  // namespace dmsc::peer
