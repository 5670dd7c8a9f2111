# SPDX-License-Identifier: MIT
# A formula for Homebrew.
class OcFilters < Formula
  desc "Filters that ask language models in the shell"
  homepage "@URL@"
  url "@URL@/releases/download/v@VERSION@/oc-@VERSION@.tar.gz"
  sha256 "@SHA256@"
  license "MIT"

  depends_on "make" => :build
  depends_on "pkgconf" => :build
  depends_on "pcre2"
  uses_from_macos "curl"

  # Homebrew has no jsmn, which is one header. `brew fetch` says what its sha256 is.
  resource "jsmn" do
    url "https://github.com/zserge/jsmn/archive/refs/tags/v1.1.0.tar.gz"
  end

  def install
    resource("jsmn").stage { (buildpath/"lib").install "jsmn.h" }
    system "gmake", "PREFIX=#{prefix}", "LIBEXECDIR=#{libexec}", "install"
  end

  test do
    assert_match "llama", shell_output("#{bin}/oc-models --format ids")
    assert_equal "oc-complete #{version}", shell_output("#{bin}/oc-complete --version").strip
  end
end
