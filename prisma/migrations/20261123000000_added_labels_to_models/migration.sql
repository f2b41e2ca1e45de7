-- AlterTable
ALTER TABLE "Model" ADD COLUMN "labels" TEXT;
