# Homebrew. @…@ is filled by .ci/release/fill.
class Dirsheet < Formula
  desc "Bulk editing of Microsoft Entra ID user profiles through a spreadsheet"
  homepage "@REPOSITORY@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "@DOWNLOADS@/dirsheet-@VERSION@-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256:aarch64-apple-darwin.tar.gz@"
    end
    on_intel do
      url "@DOWNLOADS@/dirsheet-@VERSION@-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256:x86_64-apple-darwin.tar.gz@"
    end
  end
  on_linux do
    on_arm do
      url "@DOWNLOADS@/dirsheet-@VERSION@-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:aarch64-unknown-linux-musl.tar.gz@"
    end
    on_intel do
      url "@DOWNLOADS@/dirsheet-@VERSION@-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:x86_64-unknown-linux-musl.tar.gz@"
    end
  end

  def install
    bin.install "dirsheet"
    generate_completions_from_executable(bin/"dirsheet", "completions")
    doc.install Dir["docs/*"]
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/dirsheet --version")
    system bin/"dirsheet", "demo", testpath/"demo"
  end
end
